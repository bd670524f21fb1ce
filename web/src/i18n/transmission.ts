// The words of the slip, the transmission and suspicions of fraud: sentences of refusals, what keeps a candidate's line back.
import { longDate, several } from './format.ts';
import { learn, type Facts } from './refusals.ts';

const fact = (facts: Facts, name: string): string => facts[name] ?? '';

/** « Ada, Zoé et 3 autres candidats ». */
function names(facts: Facts): string {
  const said = fact(facts, 'names');
  const number = Number(facts['count'] ?? 1);
  if (said === '') return several(number, 'candidat');
  const more = number - said.split(', ').length;
  return more > 0 ? `${said} et ${several(more, 'autre candidat', 'autres candidats')}` : said;
}

learn({
  nothing_to_consign: 'Rien n’est à consigner : il faut d’abord tous les visas de la commission.',
  not_interrogated: (facts) => `${fact(facts, 'name') || 'Ce candidat'} n’a pas encore été interrogé.`,
  result_withheld: 'Le résultat de ce candidat est déjà suspendu par une suspicion de fraude.',
  not_withheld: 'Le résultat de ce candidat n’est pas suspendu.',
  transmission_done: (facts) => `Cette transmission est déjà faite${facts['number'] ? ` (accusé n° ${fact(facts, 'number')})` : ''} : le jury a tout reçu, rien ne part deux fois.`,
  transmission_empty: 'Ce bordereau ne compte aucun candidat : il n’y a rien à transmettre.',
  transmission_altered: (facts) => `Un contenu n’est plus celui qui a été visé et consigné : ${names(facts)}. Rien n’est parti. Prévenez le service des examens avant d’aller plus loin.`,
  transmission_incomplete: (facts) => `Le bordereau n’est pas complet : ${names(facts)}. La liste dit, pour chacun, ce qui manque.`,
  transmission_not_confirmed: (facts) => `Pour confirmer, écrivez exactement ${fact(facts, 'code')}, le code de la session.`,
  transmission_late: (facts) => `La date fixée par l’autorité (${facts['day'] ? longDate(fact(facts, 'day')) : 'passée'}) est dépassée. Vous pouvez encore transmettre : écrivez pourquoi, l’accusé le dira.`,
  receipt_unknown: 'Aucune transmission de votre périmètre ne porte ce numéro. Relisez-le sur l’accusé, sans oublier la fin.',
  receipt_forged: (facts) => `Ce code n’est pas celui de l’accusé n° ${fact(facts, 'number')}. Relisez les seize signes ; si c’est bien ce qui est écrit, ce papier ne vient pas de Délos.`,
  receipt_altered: 'Ce qui est gardé de cette transmission n’est plus ce qui avait été scellé. Prévenez l’administrateur de la plateforme.',
  suspicion_reason_missing: 'Écrivez ce qui a été vu : la commission de discipline le lira.',
  suspicion_ruling_missing: 'Écrivez la décision de la commission de discipline.',
  suspicion_ruled: 'La décision de cette suspicion est déjà enregistrée. Rechargez la page.',
});

/** What keeps a line back, and where to go about it. */
export const BLOCKING: Record<string, { label: string; href: string | null }> = {
  not_interrogated: { label: 'pas encore interrogé', href: '/passages' },
  absence_not_ruled: { label: 'absence à décider', href: '/passages' },
  new_date_due: { label: 'une autre date lui est due', href: '/passages' },
  not_validated: { label: 'évaluation non validée par la commission', href: null },
  appreciation_missing: { label: 'appréciation vide', href: null },
  visa_missing: { label: 'visa manquant', href: null },
  not_consigned: { label: 'à consigner', href: '#consigner' },
  altered: { label: 'contenu modifié depuis le visa : prévenez le service des examens', href: null },
};
