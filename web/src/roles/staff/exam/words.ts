// The words of the day: hours, states of an assessment, names of fields.
import { hour } from '../../../i18n/format.ts';
import type { IconName } from '../../../kit/icons.ts';
import type { Grid, Pack } from './day.svelte.ts';

type Sign = { label: string; icon: IconName; tone: 'e-bien' | 'e-doute' | 'e-faute' | 'e-cours' | 'e-neutre' };

export const STATES: Record<Pack['commissions'][number]['passages'][number]['state'], Sign> = {
  OPEN: { label: 'À évaluer', icon: 'brouillon', tone: 'e-neutre' },
  VALIDATED: { label: 'Validée', icon: 'valide', tone: 'e-bien' },
  VISAS_COMPLETE: { label: 'Visée', icon: 'vise', tone: 'e-bien' },
  CONSIGNED: { label: 'Consignée', icon: 'cadenas', tone: 'e-bien' },
  TRANSMITTED: { label: 'Transmise', icon: 'transmis', tone: 'e-bien' },
  CLOSED: { label: 'Rien à évaluer', icon: 'absent', tone: 'e-neutre' },
};

/** Seconds after midnight → « 10 h 42 ». */
export const clock = (at: number): string => hour(Math.floor(at / 60));

/** Seconds → « 18 min », rounded up: nobody is told that it is over while some is left. */
export const minutes = (seconds: number): string => `${Math.ceil(seconds / 60)}\u00a0min`;

/** A field in words, for the list of conflicts and of what is kept. */
export function fieldName(field: string, forms: Pack['forms'], grid: Grid | undefined): string {
  const [kind = '', code = ''] = field.split(/\.(.*)/s);
  const line = grid?.blocks.flatMap(({ lines }) => lines).find((one) => one.code === code);
  const penalty = forms.penalties.find((one) => one.code === code);
  switch (kind) {
    case 'level': return line?.label ?? code;
    case 'mark': return 'Note proposée';
    case 'penalty': return penalty?.label ?? code;
    case 'penalty_reason': return `Motif : ${penalty?.label ?? code}`;
    case 'text': return code === 'appreciation' ? 'Appréciation' : `Observations, ${forms.appreciation.parts.find((one) => one.code === code)?.title ?? code}`;
    case 'box': return forms.appreciation.boxes.find((one) => one.code === code)?.label ?? code;
    case 'coverage_stated': return 'Défaut de couverture dit';
    case 'note': return 'Note privée';
    case 'inspected': return 'Contrôle des connexions';
    case 'extended': return 'Interrogation étendue à l’environnement';
    case 'extended_why': return 'Pourquoi l’interrogation a été étendue';
    default: return field;
  }
}

/** A value in words. */
export function valueName(field: string, value: string, grid: Grid | undefined): string {
  if (value === '') return 'rien';
  if (field.startsWith('level.')) return grid?.levels[Number(value)] ?? value;
  if (field.startsWith('box.') || field === 'coverage_stated' || field === 'extended') return 'coché';
  return field.startsWith('penalty.') ? `${value} points` : value;
}

/** The competences that are left uncovered: a warning while somebody works, a demand at validation. */
export function uncovered(grid: Grid, demanded: Pack['forms']['coverage'], level: (line: string) => string): { label: string; touched: boolean }[] {
  return grid.blocks.filter(({ apart }) => !apart).flatMap(({ label, lines }) => {
    const missing = lines.filter(({ code }) => ['', '0'].includes(level(code)));
    const touched = missing.every(({ code }) => level(code) === '0');
    if (demanded === 'COMPETENCES' && missing.length === lines.length) return [{ label, touched }];
    return demanded === 'LINES' ? missing.map((line) => ({ label: line.label, touched: level(line.code) === '0' })) : [];
  });
}
