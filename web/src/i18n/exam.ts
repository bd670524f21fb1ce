// The sentences of the refusals of an exam day: phases, levels, mark, penalties, texts.
import { learn } from './refusals.ts';

learn({
  // The exam day: phases.
  phase_unknown: 'Cette phase n’existe pas dans le déroulement de l’épreuve. Rechargez la page.',
  phase_another_day: 'L’horloge de ce poste n’est pas au jour du passage. Réglez-la, ou notez l’heure sur papier : rien n’a été enregistré.',
  phase_earlier_than_the_last: 'Une heure plus tardive est déjà enregistrée pour ce passage. Vérifiez l’horloge de ce poste.',
  phase_begun: 'Cette phase a déjà commencé : son heure est enregistrée.',
  phase_not_begun: 'Cette phase n’a pas commencé : elle ne peut pas finir.',
  phase_over: 'Cette phase est finie, ou une suivante a commencé.',
  phase_ahead_of_the_clock: 'Cette heure n’est pas encore venue : l’horloge de ce poste avance. Réglez-la, puis recommencez.',
  phase_event_unknown: 'Ce geste n’est pas enregistré : il n’y a rien à annuler.',
  phase_taken_back: 'Un autre membre l’a déjà annulé : il n’y a plus rien à faire.',
  phase_not_the_last: 'Un autre geste a suivi pour ce candidat. Annulez d’abord celui-là.',
  phase_assessment_ended: 'L’évaluation de ce candidat est terminée : ses heures ne changent plus.',
  phase_assessed: 'Sa grille ou son appréciation porte déjà une saisie : il a donc été interrogé. Si c’est une erreur, effacez-la d’abord.',
  phase_fraud_suspected: 'Une suspicion de fraude est signalée : son passage a eu lieu et ne s’annule pas.',
  too_many_entries: 'Trop de saisies à la fois. Rechargez la page : elles repartiront par petits paquets.',

  // The grid, the mark, the appreciation.
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
});
