// The dates of a session, in their order, and which of them an authority says otherwise.

export type Dates = {
  deposit: string | null;
  ccfFirst: string | null;
  ccfLast: string | null;
  ccfCutOff: string | null;
  ponctuellePeriods: string[][];
  transmission: string | null;
  harmonisation: string | null;
  deliberation: string | null;
  results: string | null;
};

export const FIELDS = [
  ['deposit', 'Dépôt des dossiers, dernier jour'],
  ['ccfFirst', 'CCF, premier jour'],
  ['ccfLast', 'CCF, dernier jour'],
  ['ccfCutOff', 'CCF, limite de rattrapage'],
  ['transmission', 'Transmission au jury'],
  ['harmonisation', 'Réunion d’harmonisation'],
  ['deliberation', 'Délibération'],
  ['results', 'Résultats'],
] as const;

/** A line of what is said: its label and its days. */
export type Line = { label: string; days: string[] };

/** Every date that is said, the ponctuelle form as one line a period. */
export function lines(dates: Dates): Line[] {
  const single = FIELDS.flatMap(([name, label]) => (dates[name] ? [{ label, days: [dates[name]] }] : []));
  const periods = dates.ponctuellePeriods.map((days, place) => ({ label: `Forme ponctuelle, période ${place + 1}`, days }));
  const after = single.findIndex(({ label }) => label === 'Transmission au jury');
  return after === -1 ? [...single, ...periods] : [...single.slice(0, after), ...periods, ...single.slice(after)];
}
