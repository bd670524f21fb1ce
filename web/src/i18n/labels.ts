// The words of what the schemas name by a stable code.
import type { IconName } from '../kit/icons.ts';

export const ROLES = {
  PLATFORM_ADMINISTRATOR: 'Administrateur de la plateforme',
  AUTHORITY_OFFICER: 'Gestionnaire des examens',
  HEAD_OF_SCHOOL: 'Chef d’établissement',
  CONFORMITY_OFFICER: 'Membre de la commission de conformité',
  EXAMINER: 'Examinateur',
  CENTRE_STAFF: 'Personnel du centre',
  JURY_PRESIDENT: 'Président de jury',
  JURY_MEMBER: 'Membre du jury',
  NATIONAL_READER: 'Inspecteur général',
  CANDIDATE: 'Candidat',
} as const;

export const FORMS = { CCF: 'contrôle en cours de formation', PONCTUELLE: 'forme ponctuelle' } as const;
export const SHORT_FORMS = { CCF: 'CCF', PONCTUELLE: 'ponctuelle' } as const;

export const SCHOOL_KINDS = {
  PUBLIC: 'public',
  PRIVATE_UNDER_CONTRACT: 'privé sous contrat',
  PRIVATE_OUT_OF_CONTRACT: 'privé hors contrat',
  CFA: 'CFA',
  ADULT_EDUCATION: 'formation continue',
  DISTANCE: 'enseignement à distance',
} as const;

export const STATUSES = {
  SCOLAIRE: 'scolaire',
  APPRENTICE: 'apprenti',
  ADULT_EDUCATION: 'formation continue',
  INDIVIDUAL: 'individuel',
  DISTANCE: 'à distance',
  EXPERIENCE: 'expérience professionnelle',
} as const;

type Sign = { label: string; icon: IconName; tone: 'e-bien' | 'e-doute' | 'e-faute' | 'e-cours' | 'e-neutre' };

export const MESSAGE_STATES: Record<'READY' | 'SENDING' | 'SENT' | 'DOUBTFUL' | 'FAILED' | 'BOUNCED' | 'SETTLED' | 'CANCELLED', Sign> = {
  READY: { label: 'Prête', icon: 'prete', tone: 'e-neutre' },
  SENDING: { label: 'En cours', icon: 'cours', tone: 'e-cours' },
  SENT: { label: 'Envoyée', icon: 'envoi', tone: 'e-bien' },
  DOUBTFUL: { label: 'Douteuse', icon: 'doute', tone: 'e-doute' },
  FAILED: { label: 'En échec', icon: 'echec', tone: 'e-faute' },
  BOUNCED: { label: 'Revenue', icon: 'echec', tone: 'e-faute' },
  SETTLED: { label: 'Réglée', icon: 'valide', tone: 'e-bien' },
  CANCELLED: { label: 'Annulée', icon: 'brouillon', tone: 'e-neutre' },
};

/** How somebody was reached otherwise than by the message. */
export const SETTLEMENTS: Record<string, string> = {
  phoned: 'joint par téléphone',
  handed: 'remis en main propre',
  printed: 'imprimé et posté',
  confirmed: 'reçu, confirmé',
};

/** How a message was dealt with; one that another replaced was dealt with by it. */
export const settlement = (code: string): string => (code === 'sent_again' ? 'renvoyé par un autre message' : (SETTLEMENTS[code] ?? code));

const SITTING_STATES: Record<string, Sign> = {
  unplanned: { label: 'À placer', icon: 'brouillon', tone: 'e-neutre' },
  planned: { label: 'Placé', icon: 'prete', tone: 'e-neutre' },
  convoked: { label: 'Convoqué', icon: 'envoi', tone: 'e-bien' },
  sat: { label: 'Passé', icon: 'valide', tone: 'e-bien' },
  absent: { label: 'Absent', icon: 'alerte', tone: 'e-doute' },
  new_sitting_due: { label: 'Nouvelle date à fixer', icon: 'agenda', tone: 'e-doute' },
  declared_absent: { label: 'Déclaré absent', icon: 'alerte', tone: 'e-neutre' },
  force_majeure: { label: 'Force majeure', icon: 'reserve', tone: 'e-neutre' },
  closed: { label: 'Clos', icon: 'valide', tone: 'e-neutre' },
  kept: { label: 'Note conservée', icon: 'reserve', tone: 'e-neutre' },
};

/** The sign of a state of the sittings track. */
export const sittingState = (code: string): Sign => SITTING_STATES[code] ?? { label: code, icon: 'prete', tone: 'e-neutre' };

export const MESSAGE_KINDS: Record<string, string> = {
  candidate_convocation: 'Convocation d’un candidat',
  candidate_cancellation: 'Annulation d’un candidat',
  examiner_convocation: 'Convocation d’un examinateur',
  examiner_cancellation: 'Annulation d’un examinateur',
  absence_decision: 'Décision d’absence',
  day_notice: 'Avis au centre',
  reminder: 'Rappel',
  transmission_receipt: 'Accusé de transmission',
  task_finished: 'Tâche terminée',
  account_invitation: 'Accès d’un compte',
  second_factor: 'Second facteur d’un compte',
  candidate_code: 'Code d’un candidat',
};

/** The kind of a message in words. */
export const messageKind = (code: string): string => MESSAGE_KINDS[code] ?? code;
