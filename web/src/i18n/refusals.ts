// The French sentence of each refusal: what is wrong, then what to do. The codes come from the commands.
// Here are those that anybody may meet, and those of the exam day, which a slow post loads; those of whoever organises the
// session are in organisation.ts.
import { count } from './format.ts';

export type Facts = Record<string, string>;
export type Sentence = string | ((facts: Facts) => string);

export const fact = (facts: Facts, name: string): string => facts[name] ?? '';

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
  convocation_outdated: 'Cette convocation n’est plus la bonne : une plus récente, ou une annulation, vous a été envoyée. Ouvrez le dernier message reçu, ou « Mon épreuve ».',
  control_characters: 'Un des textes saisis contient un caractère invisible. Effacez-le, retapez-le à la main, puis recommencez.',
  reason_missing: 'Écrivez la raison : chacun la lira.',
  reason_too_long: (facts) => `Raccourcissez ce texte : ${fact(facts, 'most')} caractères au plus.`,
  file_too_large: 'Ce fichier dépasse 20 Mo. Vérifiez que c’est le bon, ou découpez-le.',

  // The exam day: phases.
  phase_unknown: 'Cette phase n’existe pas dans le déroulement de l’épreuve. Rechargez la page.',
  phase_another_day: 'L’horloge de ce poste n’est pas au jour du passage. Réglez-la, ou notez l’heure sur papier : rien n’a été enregistré.',
  phase_earlier_than_the_last: 'Une heure plus tardive est déjà enregistrée pour ce passage. Vérifiez l’horloge de ce poste.',
  phase_begun: 'Cette phase a déjà commencé : son heure est enregistrée.',
  phase_not_begun: 'Cette phase n’a pas commencé : elle ne peut pas finir.',
  phase_over: 'Cette phase est finie, ou une suivante a commencé.',

  phase_ahead_of_the_clock: 'Cette heure n’est pas encore venue : l’horloge de ce poste avance. Réglez-la, puis recommencez.',
  too_many_entries: 'Trop de saisies à la fois. Rechargez la page : elles repartiront par petits paquets.',

  // The grid, the mark, the appreciation.
  text_too_long: (facts) => `Ce texte est trop long : ${count(Number(fact(facts, 'most')))} caractères au plus.`,
  field_unknown: 'Cette saisie n’existe pas dans les formulaires de l’épreuve. Rechargez la page.',
  line_unknown: 'Cette ligne n’est pas de la grille de ce candidat. Rechargez la page.',
  level_unknown: 'Un niveau va de 0 (non évalué) à 4. Choisissez-en un.',
  mark_empty: 'Écrivez une note, de 0 à 20.',
  mark_missing: 'La note manque : écrivez-la, de 0 à 20.',
  mark_unreadable: 'Cette note n’est pas lisible. Écrivez par exemple 13 ou 13,5.',
  mark_not_a_quarter: 'Une note va au quart de point : ,25, ,5 ou ,75.',
  mark_above_twenty: 'Une note ne dépasse pas 20.',
  penalty_unknown: 'Cette pénalité n’est pas du règlement de la session. Rechargez la page.',
  penalty_twice: 'Cette pénalité est déjà appliquée.',
  penalty_points: (facts) => {
    const { fewest = '', most = '' } = facts;
    return fewest === most ? `Cette pénalité est de ${most} points, ou n’est pas appliquée.` : `Cette pénalité est un nombre entier de points, de ${fewest || '1'} à ${most}.`;
  },
  penalty_not_whole_points: 'Une pénalité est un nombre entier de points.',
  penalty_reason_missing: 'Une pénalité attend son motif : écrivez-le.',
  penalty_excluded: 'Deux pénalités s’excluent. Gardez-en une seule.',
  appreciation_empty: 'Un texte obligatoire de la fiche d’appréciation est vide.',
  appreciation_text_unknown: 'Ce texte n’est pas de la fiche d’appréciation. Rechargez la page.',
  appreciation_box_unknown: 'Cette case n’est pas de la fiche d’appréciation. Rechargez la page.',
  coverage_unsaid: (facts) => `${facts['blocks'] ? `Rien n’est évalué de « ${facts['blocks'].split(' ; ').join(' », « ')} »` : 'Des compétences ne sont pas évaluées'} : dites-le dans l’appréciation, puis cochez la case qui l’atteste.`,

  // Visas, lock, reopening.
  visa_not_member: 'Seuls les membres de la commission visent cette fiche.',
  visa_content_changed: 'La fiche a changé depuis que vous l’avez lue. Relisez-la, puis visez.',
  visa_given: 'Votre visa est déjà donné à cette fiche.',
  assessment_not_validated: 'La commission n’a pas encore validé cette évaluation.',
  assessment_already_validated: 'Cette évaluation est validée : elle ne se modifie plus, sauf réouverture.',
  assessment_visas_missing: 'Il manque un visa.',
  assessment_visas_already_complete: 'Tous les visas sont donnés.',
  assessment_already_open: 'Cette évaluation est ouverte : il n’y a rien à rouvrir.',
  assessment_one_person_alone: 'La réouverture attend une seconde personne : un autre membre de la commission, ou le chef d’établissement.',
  assessment_reason_missing: 'Écrivez pourquoi rouvrir : chaque membre le lira.',
  assessment_not_consigned: 'Cette évaluation n’est pas encore consignée.',
  assessment_already_consigned: 'Cette évaluation est consignée sous la responsabilité du chef d’établissement : elle ne se modifie plus.',
  assessment_already_transmitted: 'Cette évaluation est transmise au jury : elle ne se modifie plus.',
  assessment_has_begun: 'Ce candidat a été évalué.',
  assessment_closed: 'Il n’y a rien à évaluer : candidat absent, ou dossier non valide.',
  assessment_changed: 'L’évaluation a changé depuis que vous l’avez lue. Relisez-la, puis validez.',
  assessment_incomplete: 'Il manque encore quelque chose : la liste de ce qui manque est affichée.',
  reopening_not_asked: 'Personne n’a demandé cette réouverture, ou elle est déjà confirmée. Rechargez la page.',
  assessment_not_closed: 'Cette évaluation n’est pas fermée.',
  second_factor_needed: 'Ces pages demandent votre second code. Donnez-le, puis reprenez : rien n’est perdu.',
};

/** Adds the sentences of a part of the front that is loaded apart. */
export function learn(more: Record<string, Sentence>): void {
  Object.assign(SENTENCES, more);
}

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
