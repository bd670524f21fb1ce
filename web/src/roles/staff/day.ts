// The words of a day's table: states, causes, rules that refuse a seat.
import type { IconName } from '../../kit/icons.ts';

type Sign = { label: string; icon: IconName; tone: 'e-bien' | 'e-doute' | 'e-faute' | 'e-cours' | 'e-neutre' };

const STATES: Record<string, Sign> = {
  PLANNED: { label: 'Non convoqué', icon: 'brouillon', tone: 'e-neutre' },
  AHEAD: { label: 'À venir', icon: 'prete', tone: 'e-neutre' },
  UNDER_WAY: { label: 'En cours', icon: 'cours', tone: 'e-cours' },
  OVER: { label: 'Passé', icon: 'valide', tone: 'e-neutre' },
  ABSENT: { label: 'Absent', icon: 'absent', tone: 'e-doute' },
  CANCELLED: { label: 'Annulé', icon: 'retour', tone: 'e-neutre' },
  MOVED: { label: 'Déplacé', icon: 'retour', tone: 'e-neutre' },
  SAT: { label: 'Terminé', icon: 'valide', tone: 'e-bien' },
  NOT_VALID: { label: 'Non valide', icon: 'echec', tone: 'e-faute' },
};

type Line = { state: string; phase: string | null; absence: { consequence: string } | null };

/** The sign of a line: what the absence entails where it is ruled on, the phase under way by the timetable. */
export function lineState({ state, phase, absence }: Line): Sign {
  const sign = STATES[state] ?? { label: state, icon: 'prete', tone: 'e-neutre' };
  if (absence?.consequence === 'ABSENT') return { ...sign, label: 'AB', tone: 'e-faute' };
  if (absence?.consequence === 'ZERO_DIPLOMA_POSSIBLE') return { ...sign, label: 'Force majeure', tone: 'e-neutre' };
  return state === 'UNDER_WAY' && phase ? { ...sign, label: phase } : sign;
}

const CAUSES: Record<string, string> = {
  absence: 'absence justifiée',
  absence_reviewed: 'absence revue',
  centre_closed: 'centre fermé',
  examiner_lost: 'commission empêchée',
};

/** What took somebody's date, in words. */
export const cause = (code: string): string => CAUSES[code] ?? 'date retirée';

const RULES: Record<string, string> = {
  other_option: 'la commission interroge l’autre option',
  other_zone: 'centre d’une autre zone',
  no_notice: 'trop proche, passé, ou avant la date perdue',
  after_last_day: 'après la date limite',
  candidate_unavailable: 'le candidat n’est pas disponible',
  centre_closed: 'centre fermé',
  other_centre: 'centre d’un autre établissement',
  not_accessible: 'centre non accessible',
  own_school: 'un membre est de son établissement',
  own_student: 'un membre l’a pour élève',
  withdrawn: 'un membre s’est récusé pour lui',
  member_unavailable: 'un membre n’est pas disponible',
  member_elsewhere: 'un membre siège ailleurs',
  member_periods: 'un membre siège déjà autant qu’il l’accepte',
  no_environment: 'plus d’environnement libre au centre',
  day_full: 'journée complète',
  no_room: 'pas assez de temps entre les passages',
  declined: 'date refusée par une personne',
  search_failed: 'la recherche n’a pas abouti : cherchez une date pour ce candidat',
  no_seat: 'aucune commission de ce planning ne peut l’accueillir',
  other_rule: 'une autre règle du planning',
};

/** The rule that refuses a seat, in words. */
export const rule = (code: string): string => RULES[code] ?? code;

export const KINDS = [
  ['JUSTIFIED', 'Justifiée'],
  ['UNJUSTIFIED', 'Injustifiée'],
  ['REPEATED', 'Réitérée'],
  ['FORCE_MAJEURE', 'Force majeure établie'],
] as const;

export type Kind = (typeof KINDS)[number][0];

/** A kind of absence in words. */
export const kindName = (kind: Kind): string => KINDS.find(([code]) => code === kind)?.[1] ?? kind;
