// The course of a session: its steps in order, and the one where we are.

type Dates = {
  deposit: string | null;
  ccfFirst: string | null;
  ccfLast: string | null;
  ponctuellePeriods: string[][];
  transmission: string | null;
  harmonisation: string | null;
  deliberation: string | null;
  results: string | null;
};

export type Milestone = { label: string; first: string; last: string; place: 'done' | 'now' | 'later' };

/** The steps that have a date, by date; the first that is not over is where we are. */
export function milestones(dates: Dates, today: string): Milestone[] {
  const days = dates.ponctuellePeriods.flat().sort();
  const steps: [string, string | null | undefined, string | null | undefined][] = [
    ['Dépôt des dossiers', dates.deposit, dates.deposit],
    ['CCF', dates.ccfFirst, dates.ccfLast],
    ['Forme ponctuelle', days[0], days.at(-1)],
    ['Transmission', dates.transmission, dates.transmission],
    ['Harmonisation', dates.harmonisation, dates.harmonisation],
    ['Délibération', dates.deliberation, dates.deliberation],
    ['Résultats', dates.results, dates.results],
  ];
  const dated = steps.flatMap(([label, first, last]) => (first && last ? [{ label, first, last }] : []));
  const now = dated.findIndex((step) => step.last >= today);
  return dated.map((step, place) => ({ ...step, place: now === -1 || place < now ? 'done' : place === now ? 'now' : 'later' }));
}
