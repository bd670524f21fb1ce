// The French sentence of each refusal: what is wrong, then what to do. The codes come from the commands.
import { count, longDate } from './format.ts';

type Facts = Record<string, string>;
type Sentence = string | ((facts: Facts) => string);

/** A fact that is a date. */
const day = (facts: Facts, name = 'day'): string => {
  const value = facts[name];
  return value && /^\d{4}-\d{2}-\d{2}$/.test(value) ? longDate(value) : (value ?? '');
};
const fact = (facts: Facts, name: string): string => facts[name] ?? '';

const SENTENCES: Record<string, Sentence> = {
  // Signing in.
  bad_credentials: 'Identifiant ou mot de passe inexact. Vérifiez la saisie, puis réessayez.',
  bad_code: 'Ce lien ou ce code a déjà servi, est périmé, ou est inexact. Demandez-en un nouveau.',
  too_many_attempts: (facts) =>
    facts['seconds'] ? `Trop d’essais : réessayez dans ${count(Math.ceil(Number(facts['seconds']) / 60))} min.` : 'Trop d’essais : patientez un moment, puis réessayez.',
  password_too_short: (facts) => `Ce mot de passe est trop court : il faut ${fact(facts, 'least') || '12'} caractères au moins.`,
  password_too_long: (facts) => `Ce mot de passe est trop long : ${fact(facts, 'most') || '128'} caractères au plus.`,
  password_too_common: 'Ce mot de passe est trop facile à deviner. Choisissez par exemple quatre mots sans rapport.',
  signed_out: 'Votre session a expiré : reconnectez-vous, rien n’est perdu.',

  // Everywhere.
  conflict: 'Quelqu’un d’autre a modifié ces données entre-temps. La page vient d’être rechargée : vérifiez, puis recommencez.',
  file_too_large: 'Ce fichier dépasse 20 Mo. Vérifiez que c’est le bon, ou découpez-le.',
  import_faults: (facts) => `Le fichier ne peut plus être importé tel quel : ${fact(facts, 'count')} faute(s) depuis le contrôle. Déposez-le de nouveau pour les voir.`,

  // Dates of the session.
  unknown_regulation: 'Ce règlement n’est pas connu de cette installation.',
  unknown_authority: 'Cette autorité n’est pas de cette session.',
  ccf_backwards: 'La période de CCF finit avant de commencer. Corrigez l’une des deux dates.',
  cut_off_inside_period: 'La date limite de rattrapage tombe avant la fin de la période de CCF. Reculez-la.',
  ccf_incomplete: 'La période de CCF a besoin de ses trois dates : premier jour, dernier jour, limite de rattrapage.',
  ponctuelle_order: 'Les jours d’une période ponctuelle se suivent du premier au dernier, sans répétition.',
  ponctuelle_overlap: 'Un même jour figure dans deux périodes ponctuelles. Gardez-le dans une seule.',
  steps_order: 'Les étapes ne sont pas dans l’ordre : dépôt, passages, transmission, harmonisation, délibération, résultats.',
  no_working_day: 'Aucun jour ouvré ne tombe dans cette période.',

  // Accounts.
  bad_email: 'Cette adresse électronique n’est pas valable. Écrivez une seule adresse, de la forme nom@domaine.fr.',
  name_missing: 'Le nom manque.',
  mandate_exists: 'Cette personne a déjà ce mandat.',
  own_mandate: 'Personne ne se donne ni ne se retire un mandat. Demandez-le à la personne qui vous a donné le vôtre.',
  grant_not_one_level_down: 'Vous ne donnez un mandat qu’un niveau au-dessous du vôtre.',
  grant_perimeter_mismatch: 'Ce rôle ne s’exerce pas sur ce périmètre.',
  grant_outside_perimeter: 'Cet établissement n’est pas de votre périmètre.',
  grant_end_date: 'La date de fin doit être à venir, et au plus celle de votre propre mandat.',
  no_address: 'Ce candidat n’a pas d’adresse électronique : ajoutez-la au fichier des candidats, puis importez-le.',
  no_account: 'Ce candidat n’a pas encore de compte : il en aura un avec sa convocation.',

  // Plan.
  form_not_yours: 'Cette forme d’évaluation n’est pas organisée sous votre mandat.',
  school_not_habilitated: 'Cet établissement n’est pas habilité au contrôle en cours de formation.',
  no_plan: 'Il n’y a pas encore de planning.',
  plan_published: 'Ce planning est publié : il ne se modifie plus ici.',
  plan_not_published: 'Publiez le planning avant de convoquer.',
  plan_empty: 'Ce planning est vide : proposez un planning ou ajoutez une commission.',
  rule_broken: (facts) => `Une règle n’est pas respectée (commission ${fact(facts, 'commission')}, ${fact(facts, 'rule')}). Proposez de nouveau un planning.`,
  outside_ccf_period: (facts) => `Le ${day(facts)} est hors de la période de CCF fixée par le recteur. Choisissez un jour de cette période.`,
  after_cut_off: (facts) => `Le ${day(facts)} tombe après la date limite de rattrapage. Choisissez un jour antérieur.`,
  ccf_no_period: 'La période de CCF n’est pas encore fixée par l’autorité. Le planning attend ses dates.',
  day_past: (facts) => `Le ${day(facts)} est passé.`,
  clock_change: (facts) => `L’heure change le ${day(facts)} au centre : choisissez un autre jour.`,
  already_taken: (facts) => `${fact(facts, 'what')} est déjà pris le ${day(facts)} par un autre planning. Proposez de nouveau un planning.`,
  unknown_template: 'Ce modèle de période n’est pas du règlement de la session.',
  days_not_of_template: (facts) => `Ce modèle compte ${fact(facts, 'most')} jour(s) : choisissez-en autant.`,
  days_not_in_period: 'Ces jours ne sont pas d’une même période de la session.',
  too_few_members: (facts) => `Une commission compte ${fact(facts, 'least')} membres au moins.`,
  too_few_of_option: (facts) => `Il faut au moins ${fact(facts, 'least')} membre(s) de l’option ${fact(facts, 'option')}.`,
  too_few_teachers: (facts) => `Il faut au moins ${fact(facts, 'least')} enseignant(s) dans la commission.`,
  too_few_professionals: (facts) => `Il faut au moins ${fact(facts, 'least')} professionnel(s) dans la commission.`,
  examiner_unavailable: (facts) => `${fact(facts, 'name')} n’est pas disponible le ${day(facts)}.`,
  examiner_twice: (facts) => `${fact(facts, 'name')} est déjà pris ce jour-là, ou choisi deux fois.`,
  centre_full: (facts) => (facts['day'] ? `Ce centre n’a plus d’environnement libre le ${day(facts)}.` : 'Le centre n’a plus d’environnement libre.'),

  // Why somebody has no place.
  no_period: 'Aucune période de la session ne peut l’accueillir. Fixez les dates de la session.',
  no_centre: 'Aucun centre n’a deux environnements pour son option.',
  no_accessible_centre: 'Aucun centre accessible n’est disponible pour ce candidat.',
  too_few_environments: 'Le centre n’a pas les deux environnements qu’une commission demande.',
  day_too_short: 'Ses temps majorés ne tiennent dans aucune journée.',
  too_few_examiners: 'Il manque des examinateurs de son option.',
  own_school_examiners: 'Les seuls examinateurs libres sont de son établissement.',
  examiners_taken: 'Les examinateurs de son option sont tous pris.',
  everybody_on_one_day: (facts) => `Tout le monde passe le même jour${facts['day'] ? `, le ${day(facts)}` : ''} : un imprévu toucherait toute la classe.`,
  not_everybody_placed: (facts) => `${count(Number(facts['count'] ?? 0))} candidat(s) restent sans place. Vous pouvez publier : ils seront à placer ensuite.`,

  // Convocations.
  nobody_to_convoke: 'Tout le monde est déjà convoqué.',
  nothing_to_resend: 'Aucun de ces messages n’est en échec.',
  too_many: (facts) => `Pas plus de ${fact(facts, 'most')} messages à la fois.`,
};

/** The sentence of a code, or null where there is none. */
export function sentence(code: string, facts: Facts): string | null {
  const found = SENTENCES[code];
  if (found === undefined) return null;
  return typeof found === 'string' ? found : found(facts);
}

type Refusal = { code: string; facts: readonly { name: string; value: string }[] };

/** The sentence of a refusal; a code without one is told as such, to be quoted. */
export function refusal({ code, facts }: Refusal): string {
  const named = Object.fromEntries(facts.map(({ name, value }) => [name, value]));
  return sentence(code, named) ?? `Cette demande est refusée par une règle (${code}).`;
}

/** Every code that has a sentence. */
export const codes = (): string[] => Object.keys(SENTENCES);
