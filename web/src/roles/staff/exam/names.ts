// Fields and values in words, for whoever is asked to choose between two, or to give one up.
import type { Grid, Pack } from './day.svelte.ts';

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
