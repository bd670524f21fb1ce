// The words of the day: hours, states of an assessment, what is left uncovered.
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

/** The competences that are left uncovered: a warning while somebody works, a demand at validation. */
export function uncovered(grid: Grid, demanded: Pack['forms']['coverage'], level: (line: string) => string): { label: string; touched: boolean }[] {
  return grid.blocks.filter(({ apart }) => !apart).flatMap(({ label, lines }) => {
    const missing = lines.filter(({ code }) => ['', '0'].includes(level(code)));
    const touched = missing.every(({ code }) => level(code) === '0');
    if (demanded === 'COMPETENCES' && missing.length === lines.length) return [{ label, touched }];
    return demanded === 'LINES' ? missing.map((line) => ({ label: line.label, touched: level(line.code) === '0' })) : [];
  });
}
