// The sentences of the refusals that whoever organises the session may meet: dates, accounts, plans, absences, convocations, imports.
// Loaded beside their screens: a commission's post, which is slow, does without.
import { longDate, several } from './format.ts';
import { fact, learn, type Facts, type Sentence } from './refusals.ts';

/** A fact that is a date. */
const day = (facts: Facts, name = 'day'): string => {
  const value = facts[name];
  return value && /^\d{4}-\d{2}-\d{2}$/.test(value) ? longDate(value) : (value ?? '');
};

/** Who a refusal is about. */
const who = (facts: Facts): string => fact(facts, 'name') || `le candidat n° ${fact(facts, 'candidate')}`;

/** Each rule of the planning's checker, in words. */
const RULES: Record<string, (name: string) => string> = {
  C1: (name) => `${name} n’est plus un centre d’examen`,
  C2: () => 'le centre est fermé un de ces jours',
  C3: (name) => `${name} n’a pas assez d’environnements pour tant de commissions à la fois`,
  C4: (name) => `un autre planning tient les environnements de ${name} un de ces jours`,
  M1: () => 'sa composition ne suffit pas',
  M3: () => 'trop peu de ses membres sont de l’option',
  M4: (name) => `${name} n’est pas disponible un de ces jours`,
  M5: (name) => `${name} siège déjà dans une autre commission de la même période`,
  M6: (name) => `${name} siégerait dans plus de périodes qu’il n’en accepte`,
  M7: (name) => `${name} est d’une autre zone que le centre`,
  M8: (name) => `${name} siège un de ces jours dans un autre planning publié`,
  D1: () => 'ses jours ne sont pas d’une même période',
  K1: () => 'une journée compte trop de candidats',
  X1: (name) => `${name} y figure deux fois, ou figure ailleurs`,
  X2: (name) => `${name} n’est pas de l’option de la commission`,
  X3: (name) => `${name} n’est pas disponible ce jour-là`,
  X4: (name) => `${name} est d’une autre zone que le centre`,
  A1: (name) => `${name} a besoin d’un centre accessible`,
  I1: (name) => `un membre est de l’établissement de ${name}`,
  I2: (name) => `un membre a ${name} pour élève`,
  I3: (name) => `un membre s’est récusé pour ${name}`,
  O1: (name) => `${name} passe dans son propre établissement`,
  O2: (name) => `${name} passe dans son propre établissement`,
};
const rule = (facts: Facts): string => {
  const code = fact(facts, 'rule');
  return RULES[code]?.(fact(facts, 'name')) ?? `un horaire n’est plus celui que demande le règlement (${code})`;
};

const SENTENCES: Record<string, Sentence> = {
  // Lists and imports.
  search_too_long: 'Cette recherche est trop longue : 200 caractères au plus.',
  import_faults: (facts) => `Le fichier ne peut plus être importé tel quel : ${several(Number(facts['count'] ?? 0), 'faute')} depuis le contrôle. Déposez-le de nouveau pour les voir.`,

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
  factor_reset_other_person: 'Le retrait d’un second facteur se fait à deux : l’un le demande, un autre le confirme, et jamais la personne elle-même.',
  factor_reset_not_asked: 'Ce retrait n’est plus demandé : il a été fait, la personne s’est servie de son second facteur, ou la demande a plus de sept jours. Demandez-le de nouveau.',
  factor_none: 'Ce compte n’a pas de second facteur.',
  nobody_to_remind: 'Personne à relancer : chacun a accusé réception, a déjà reçu un rappel depuis moins de 24 heures, ou n’a pas été atteint par courriel.',
  nothing_to_settle: 'Ces messages ne sont plus à traiter : quelqu’un s’en est déjà occupé, ou leur destinataire a accusé réception. Rechargez la liste.',
  unknown_settlement: 'Choisissez comment la personne a été jointe.',
  address_of_account: 'Cette adresse sert aussi à se connecter : créez un compte avec la bonne adresse, dans « Comptes ».',
  unknown_message_kind: 'Cette sorte de message n’existe pas. Rechargez la page.',
  text_invisible_character: 'Ce texte contient un caractère invisible. Effacez-le, retapez-le à la main, puis recommencez.',
  text_unknown_variable: (facts) => `Ceci ne peut pas figurer dans le texte : « ${fact(facts, 'found') || '{{ }}'} ». Les accolades servent aux seules variables : ${fact(facts, 'variables')}.`,
  bad_email: 'Cette adresse électronique n’est pas valable. Écrivez une seule adresse, de la forme nom@domaine.fr.',
  name_missing: 'Le nom manque.',
  mandate_exists: 'Cette personne a déjà ce mandat.',
  own_mandate: 'Personne ne se donne ni ne se retire un mandat. Demandez-le à la personne qui vous a donné le vôtre.',
  grant_not_one_level_down: 'Vous ne donnez un mandat qu’un niveau au-dessous du vôtre.',
  grant_perimeter_mismatch: 'Ce rôle ne s’exerce pas sur ce périmètre.',
  grant_outside_perimeter: 'Cet établissement n’est pas de votre périmètre.',
  grant_end_date: 'La date de fin doit être à venir, et au plus celle de votre propre mandat.',
  no_address: 'Aucune adresse électronique n’est connue : ajoutez-la au fichier des candidats ou des examinateurs, importez-le, puis recommencez.',
  no_account: 'Ce candidat n’a pas encore de compte : il en aura un avec sa convocation.',

  // Plan.
  form_not_yours: 'Cette forme d’évaluation n’est pas organisée sous votre mandat.',
  school_not_habilitated: 'Cet établissement n’est pas habilité au contrôle en cours de formation.',
  no_plan: 'Il n’y a pas encore de planning.',
  plan_published: 'Ce planning est publié : il ne se modifie plus ici.',
  plan_changed: 'Le planning a été modifié pendant la recherche : ce qu’elle a trouvé n’est pas enregistré, et vos modifications sont gardées. Relancez-la.',
  proposal_running: 'Une recherche est déjà en cours sur ce planning. Arrêtez-la, ou attendez sa fin.',
  proposal_seconds: (facts) => `Une recherche dure de ${fact(facts, 'least')} à ${fact(facts, 'most')} secondes.`,
  plan_not_published: 'Publiez le planning avant de convoquer.',
  plan_empty: 'Ce planning est vide : proposez un planning ou ajoutez une commission.',
  rule_broken: (facts) => `Commission ${fact(facts, 'commission')} : ${rule(facts)}. Retirez-la ou refaites-la, puis proposez de nouveau un planning.`,
  sitting_without_candidate: (facts) =>
    `La commission ${fact(facts, 'commission')} entend le candidat n° ${fact(facts, 'candidate')}, qui n’est plus de ce planning : son établissement, sa forme ou sa situation ont changé. Proposez de nouveau un planning.`,
  commission_outdated: (facts) => `La commission ${fact(facts, 'commission')} a un membre ou un centre qui n’est plus de ce planning. Retirez-la, puis proposez de nouveau un planning.`,
  mark_kept: (facts) => `${who(facts)} conserve une note antérieure et ne passe pas. Proposez de nouveau un planning.`,
  not_valid: (facts) => `Le dossier de ${who(facts)} n’est pas valide : pas de passage. Proposez de nouveau un planning.`,
  sitting_already_planned: (facts) => `${who(facts)} a déjà une date dans un autre planning publié. Proposez de nouveau un planning.`,
  sitting_already_convoked: (facts) => `${who(facts)} est déjà convoqué à une autre date. Proposez de nouveau un planning.`,
  sitting_already_sat: (facts) => `${who(facts)} est déjà passé. Proposez de nouveau un planning.`,
  sitting_was_absent: (facts) => `${who(facts)} était absent : les suites de son absence sont à décider d’abord. Proposez de nouveau un planning sans lui.`,
  sitting_absence_ruled: (facts) => `L’absence de ${who(facts)} a déjà sa suite : pas d’autre date. Proposez de nouveau un planning.`,
  sitting_closed: (facts) => `Le dossier de ${who(facts)} n’est pas valide : pas de passage. Proposez de nouveau un planning.`,
  outside_ccf_period: (facts) => `Le ${day(facts)} est hors de la période de CCF fixée par le recteur. Choisissez un jour de cette période.`,
  after_cut_off: (facts) => `Le ${day(facts)} tombe après la date limite de rattrapage. Choisissez un jour antérieur.`,
  ccf_no_period: 'La période de CCF n’est pas encore fixée par l’autorité. Le planning attend ses dates.',
  day_past: (facts) => `Le ${day(facts)} est passé.`,
  clock_change: (facts) => `L’heure change le ${day(facts)} au centre : choisissez un autre jour.`,
  already_taken: (facts) => `${fact(facts, 'what')} est déjà pris le ${day(facts)} par un autre planning. Retirez la commission concernée, ou proposez de nouveau un planning.`,
  unknown_template: 'Ce modèle de période n’est pas du règlement de la session.',
  days_not_of_template: (facts) => `Choisissez les jours de la commission : un au moins, ${fact(facts, 'most')} au plus pour ce modèle.`,
  days_not_in_period: 'Ces jours ne sont pas d’une même période de la session.',
  days_apart: 'Une commission siège deux jours qui se suivent. Choisissez le lendemain du premier jour.',
  preparation_day: (facts) => `La demi-journée de préparation se tient le jour ouvré qui précède le premier jour d’interrogation, le ${day(facts)}. Choisissez ce jour-là, puis un ou deux jours d’une même période.`,
  too_few_members: (facts) => `Une commission compte ${fact(facts, 'least')} membres au moins.`,
  too_few_of_option: (facts) => `Il faut au moins ${several(Number(facts['least'] ?? 1), 'membre')} de l’option ${fact(facts, 'option')}.`,
  too_few_teachers: (facts) => `Il faut au moins ${several(Number(facts['least'] ?? 1), 'enseignant')} dans la commission.`,
  too_few_professionals: (facts) => `Il faut au moins ${several(Number(facts['least'] ?? 1), 'professionnel')} dans la commission.`,
  examiner_unavailable: (facts) => `${fact(facts, 'name')} n’est pas disponible le ${day(facts)}.`,
  examiner_twice: (facts) => `${fact(facts, 'name')} est déjà pris ce jour-là, ou choisi deux fois.`,
  examiner_in_period: (facts) => `${fact(facts, 'name')} siège déjà dans une autre commission de cette période. Choisissez un autre examinateur ou une autre période.`,
  examiner_max_periods: (facts) => `${fact(facts, 'name')} siège déjà dans autant de périodes qu’il en accepte (${fact(facts, 'most')}). Choisissez un autre examinateur.`,
  centre_full: (facts) => (facts['day'] ? `Ce centre n’a plus d’environnement libre le ${day(facts)}.` : 'Le centre n’a plus d’environnement libre.'),

  // Why somebody has no place.
  no_period: 'Aucune période à venir ne peut l’accueillir. Complétez les dates de la session.',
  no_centre: 'Aucun centre n’a deux environnements pour son option.',
  no_accessible_centre: 'Aucun centre accessible n’est disponible pour ce candidat.',
  too_few_environments: 'Le centre n’a pas les deux environnements qu’une commission demande.',
  day_too_short: 'Ses temps majorés ne tiennent dans aucune journée.',
  only_second_day: 'Ses temps majorés ne tiennent pas après la demi-journée de préparation. Ajoutez à la main une commission « lot de dix », dont la préparation a son propre jour.',
  too_few_examiners: 'Il manque des examinateurs de son option.',
  own_school_examiners: 'Les seuls examinateurs libres sont de son établissement.',
  examiners_taken: 'Les examinateurs de son option sont tous pris.',
  everybody_on_one_day: (facts) => `Tout le monde passe le même jour${facts['day'] ? `, le ${day(facts)}` : ''} : un imprévu toucherait toute la classe.`,
  sittings_outdated: (facts) => `La commission ${fact(facts, 'commission')} entend quelqu’un dont la situation a changé depuis : proposez de nouveau un planning avant de publier.`,
  not_everybody_placed: (facts) => {
    const number = Number(facts['count'] ?? 0);
    return `${several(number, 'candidat')} ${number > 1 ? 'restent' : 'reste'} sans place. Vous pouvez publier : ${number > 1 ? 'ils seront' : 'il sera'} à placer ensuite.`;
  },

  // Absences, closed centres, other dates.
  absence_not_repeated: 'C’est la première absence de ce candidat : elle n’est pas réitérée.',
  absence_no_rule: 'Le règlement de la session ne dit rien de cette absence. Appelez le service des examens.',
  absence_before_the_hour: 'L’heure du passage n’est pas encore venue : une absence ne s’annonce d’avance que si elle est justifiée.',
  absence_not_established: 'La force majeure est établie par le service des examens : transmettez-lui la pièce.',
  absence_over: 'Cette absence a déjà été revue ou retirée. Rechargez la page.',
  absence_followed: (facts) => `Ce candidat est convoqué à une autre date, le ${day(facts)}. Son absence se retire si c’était une erreur et que cette date est encore à venir ; elle ne se justifie pas une seconde fois.`,
  consequence_changed: (facts) => `La suite de cette absence a changé depuis que vous l’avez lue : ${fact(facts, 'sentence')} Relisez, puis confirmez.`,
  piece_gone: 'La pièce n’est plus là. Choisissez-la de nouveau, puis enregistrez.',
  piece_empty: 'Ce fichier est vide. Choisissez-en un autre.',
  piece_too_large: (facts) => `Cette pièce est trop lourde : ${fact(facts, 'most')} au plus. Une photo moins grande suffit.`,
  piece_type: 'La pièce doit être un PDF ou une image JPEG ou PNG.',
  seat_taken: (facts) => `Ce créneau du ${day(facts)} vient d’être pris. Choisissez-en un autre.`,
  candidate_has_date: 'Ce candidat a déjà une date.',
  no_date_due: 'Ce candidat n’attend pas d’autre date.',
  first_date: 'Cette date est la première du candidat : elle se convoque avec le planning.',
  closure_days: 'Le dernier jour vient avant le premier, ou la fermeture dépasse quatre mois.',
  closure_past: 'Cette fermeture est passée.',
  not_a_member: 'Cette personne n’est plus membre de la commission. Rechargez la page.',
  examiner_taken: (facts) => `Cet examinateur siège ailleurs le ${day(facts)}.`,
  nothing_ahead: 'Cette commission n’a plus de passage à venir.',
  notice_days: (facts) => `Le délai de convocation est de ${fact(facts, 'most')} jours au plus.`,
  sitting_not_convoked: (facts) => `${who(facts)} n’est pas encore convoqué : il ne peut pas être absent.`,
  sitting_not_planned: (facts) => `${who(facts)} n’a pas de date.`,
  sitting_not_absent: (facts) => `Aucune absence de ${who(facts)} n’est à décider.`,
  mark_already_harmonised: 'Le jury a déjà vu la note : cette absence ne se revoit plus.',
  mark_already_adopted: 'Le jury a déjà délibéré : cette absence ne se revoit plus.',
  mark_already_published: 'Les résultats sont publiés : cette absence ne se revoit plus.',
  mark_already_released: 'Les résultats sont publiés : cette absence ne se revoit plus.',

  // Convocations.
  member_gone: 'Un membre de commission ne figure plus dans la liste des examinateurs. Importez-la de nouveau, puis recommencez.',
  nobody_to_convoke: 'Tout le monde est déjà convoqué.',
  nothing_to_resend: 'Aucun de ces messages n’est en échec.',
  too_many: (facts) => `Pas plus de ${fact(facts, 'most')} messages à la fois.`,
};

learn(SENTENCES);
