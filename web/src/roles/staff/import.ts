// What the server says of a file that was checked.

export type Fault = { file?: string; line: number; column: string; value: string; code: string; message: string; remedy: string };

export type Report = {
  file: string;
  kind: string;
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  in_error: number;
  errors: Fault[];
  warnings: Fault[];
  errors_untold: number;
  warnings_untold: number;
  encoding: string | null;
  separator: string | null;
  ignored_columns: string[];
  updates: { line: number; key: string; changes: { column: string; before: string; after: string }[] }[];
};

export type Staged = { staged: string | null; report: Report; badRows?: string };

export const KINDS = {
  schools: { label: 'Établissements', one: 'établissement', needs: 'ImportSchools', example: 'etablissements.csv' },
  examiners: { label: 'Examinateurs', one: 'examinateur', needs: 'ImportExaminers', example: 'examinateurs.csv' },
  candidates: { label: 'Candidats', one: 'candidat', needs: 'ImportCandidates', example: 'candidats.csv, ou un export Cyclades' },
} as const;

export type Kind = keyof typeof KINDS;
