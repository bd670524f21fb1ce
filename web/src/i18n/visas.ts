// The sentences of the refusals of visas, lock and reopening; fetched once there is one to say.
import { learn } from './refusals.ts';

learn({
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
});
