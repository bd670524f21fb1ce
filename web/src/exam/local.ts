// Moments of the day: seconds after the midnight that begins it, on the clocks of the centre, so that no zone is left to be wrong about.
export type Moment = number;

/** Seconds of a day. */
export const DAY = 86_400;

const CENTRES = new Map<string, Intl.DateTimeFormat>();

/** The local date and time of an instant where the centre is: `2027-05-21`, seconds after midnight. */
export function localTime(instant: number, zone: string): { date: string; at: Moment } {
  let format = CENTRES.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    CENTRES.set(zone, format);
  }
  const [date = '', time = ''] = format.format(instant).split(' ');
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return { date, at: hours * 3600 + minutes * 60 + seconds };
}

/** Local date and time → seconds after the midnight of `day`: before it or after it when the date is another. */
export function moment(local: string, day: string): Moment {
  return Math.round((Date.parse(`${local.slice(0, 19)}Z`) - Date.parse(`${day}T00:00:00Z`)) / 1000);
}

/** Seconds after midnight → `2027-05-21T10:20:00`. */
export function written(day: string, at: Moment): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + at * 1000).toISOString().slice(0, 19);
}
