// The words that every page of the staff may need: roles, forms of assessment.

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
