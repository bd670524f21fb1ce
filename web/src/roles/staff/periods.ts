// The days of the ponctuelle form as people type them: a line a period, dates jj/mm/aaaa separated by commas.

/** `[["2027-05-10","2027-05-11"]]` → « 10/05/2027, 11/05/2027 ». */
export function written(periods: string[][]): string {
  return periods.map((days) => days.map((day) => day.split('-').reverse().join('/')).join(', ')).join('\n');
}

/** Reads what `written` writes; a line that holds anything else is given back as a fault. */
export function read(text: string): { periods: string[][]; fault: string | null } {
  const periods: string[][] = [];
  for (const [place, line] of text.split('\n').entries()) {
    const days = line.split(/[,;\s]+/).filter(Boolean);
    if (days.length === 0) continue;
    const period: string[] = [];
    for (const typed of days) {
      const match = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(typed);
      const day = match ? `${match[3]}-${match[2]?.padStart(2, '0')}-${match[1]?.padStart(2, '0')}` : '';
      if (!match || Number.isNaN(Date.parse(day)) || new Date(day).toISOString().slice(0, 10) !== day)
        return { periods: [], fault: `Ligne ${place + 1} : « ${typed} » n’est pas une date. Écrivez jj/mm/aaaa.` };
      period.push(day);
    }
    periods.push(period);
  }
  return { periods, fault: null };
}
