// Dates, hours and numbers as French readers write them.

const INTEGER = new Intl.NumberFormat('fr-FR');
const DECIMAL = new Intl.NumberFormat('fr-FR', { maximumFractionDigits: 1 });
const LONG = new Intl.DateTimeFormat('fr-FR', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
const SHORT = new Intl.DateTimeFormat('fr-FR', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });
const MOMENT = new Intl.DateTimeFormat('fr-FR', { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });

/** A day at noon of nowhere: a local date has no zone and none may move it. */
const at = (date: string) => new Date(`${date}T12:00:00Z`);

/** « mardi 1 mai » → « mardi 1er mai », the number never alone at the end of a line. */
const tied = (date: string): string => date.replace(/^(\S+) 1 /, '$1 1er ').replace(/ (\d+(?:er)?) /, ' $1\u00a0');

/** `2314` → « 2 314 ». */
export const count = (number: number): string => INTEGER.format(number);

/** `1234.56` → « 1 234,6 ». */
export const decimal = (number: number): string => DECIMAL.format(number);

/** `2027-05-11` → « mardi 11 mai 2027 ». */
export const longDate = (date: string): string => tied(LONG.format(at(date)));

/** `2027-05-11` → « mar. 11 mai ». */
export const shortDate = (date: string): string => tied(SHORT.format(at(date))).replaceAll(' ', '\u00a0');

/** `2027-05-11` → « 11/05/2027 ». */
export const numericDate = (date: string): string => date.split('-').reverse().join('/');

/** « contrôle en cours de formation » → « Contrôle en cours de formation ». */
export const capital = (text: string): string => text.charAt(0).toLocaleUpperCase('fr-FR') + text.slice(1);

/** Minutes after midnight → « 8 h 05 ». */
export function hour(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `${hours}\u00a0h\u00a0${String(rest).padStart(2, '0')}`;
}

/** An instant, on this post's clock: « 24 nov., 17 h 05 ». */
export function moment(instant: string): string {
  return MOMENT.format(new Date(instant)).replace(/(\d+):(\d+)/, (_, hours: string, minutes: string) => `${Number(hours)}\u00a0h\u00a0${minutes}`);
}

/** `3`, « candidat » → « 3 candidats ». */
export function several(number: number, one: string, many = `${one}s`): string {
  return `${count(number)}\u00a0${number > 1 ? many : one}`;
}

/** Bytes → « 84 ko ». */
export function size(bytes: number): string {
  return bytes < 1000 ? `${bytes}\u00a0octets` : `${count(Math.round(bytes / 1000))}\u00a0ko`;
}

const ZONES: Record<string, string> = {
  'Indian/Reunion': 'heure de La\u00a0Réunion',
  'Indian/Mayotte': 'heure de Mayotte',
  'America/Martinique': 'heure de la Martinique',
  'America/Guadeloupe': 'heure de la Guadeloupe',
  'America/Cayenne': 'heure de la Guyane',
  'Pacific/Noumea': 'heure de Nouméa',
  'Pacific/Tahiti': 'heure de Tahiti',
  'Pacific/Wallis': 'heure de Wallis',
  'America/Miquelon': 'heure de Saint-Pierre-et-Miquelon',
};

/** The zone of a centre in words, where it is not that of Paris. */
export const zone = (name: string): string | null => (name === 'Europe/Paris' ? null : (ZONES[name] ?? `heure de ${name.split('/').at(-1) ?? name}`));
