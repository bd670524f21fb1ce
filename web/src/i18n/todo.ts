// The words of « À faire »: a sentence, what happens next, a verb on the button.
import type { IconName } from '../kit/icons.ts';
import { several } from './format.ts';

type Words = { title: string; next: string; act: string; icon: IconName; tone: '' | 'e-faute' | 'e-doute' };

const WORDS: Record<string, (count: number) => Words> = {
  session_dates_missing: (count) => ({
    title: `${several(count, 'date')} de la session ${count > 1 ? 'manquent' : 'manque'}.`,
    next: 'Sans ses dates, personne ne peut planifier.',
    act: 'Fixer les dates',
    icon: 'agenda',
    tone: 'e-doute',
  }),
  import_schools: () => ({ title: 'Aucun établissement n’est encore connu.', next: 'Importez d’abord les établissements, puis les examinateurs et les candidats.', act: 'Importer', icon: 'fichier', tone: '' }),
  import_examiners: () => ({ title: 'Aucun examinateur n’est encore connu.', next: 'Importez leur liste : une commission compte deux membres au moins.', act: 'Importer', icon: 'fichier', tone: '' }),
  import_candidates: () => ({ title: 'Aucun candidat n’est encore connu.', next: 'Importez leur liste : chaque ligne est contrôlée avant d’être écrite.', act: 'Importer', icon: 'fichier', tone: '' }),
  plan_missing: (count) => ({ title: `${several(count, 'candidat')} ${count > 1 ? 'attendent' : 'attend'} une date.`, next: 'Ouvrez le planning : Délos propose commissions, jours et heures.', act: 'Planifier', icon: 'agenda', tone: '' }),
  plan_left_out: (count) => ({ title: `${several(count, 'candidat')} ${count > 1 ? 'n’ont' : 'n’a'} pas de place.`, next: 'Le planning dit, pour chacun, la règle qui l’arrête.', act: 'Voir le planning', icon: 'alerte', tone: 'e-doute' }),
  plan_unpublished: (count) => ({ title: `Le planning de ${several(count, 'candidat')} n’est pas publié.`, next: 'Relisez-le : la publication le fige en version 1 et ouvre les convocations.', act: 'Relire et publier', icon: 'agenda', tone: '' }),
  convocations_to_send: (count) => ({ title: `${several(count, 'candidat')} ${count > 1 ? 'restent' : 'reste'} à convoquer.`, next: 'Chacun recevra un courriel avec sa convocation et son agenda.', act: 'Convoquer', icon: 'envoi', tone: '' }),
  messages_failed: (count) => ({ title: `${several(count, 'message')} ${count > 1 ? 'n’ont' : 'n’a'} pas pu partir.`, next: 'La cause est dite pour chacun ; corrigez l’adresse : le message repart.', act: 'Voir les échecs', icon: 'echec', tone: 'e-faute' }),
  messages_doubtful: (count) => ({ title: `${several(count, 'message')} ${count > 1 ? 'sont douteux' : 'est douteux'}.`, next: 'Le relais les a peut-être reçus : appelez la personne avant de renvoyer.', act: 'Voir', icon: 'doute', tone: 'e-doute' }),
  candidates_unreached: (count) => ({ title: `${several(count, 'candidat')} dont l’épreuve est proche ${count > 1 ? 'n’ont' : 'n’a'} peut-être rien reçu.`, next: 'Imprimez leur liste et leur convocation, appelez-les, puis dites-le ici.', act: 'Voir qui joindre', icon: 'alerte', tone: 'e-faute' }),
  dates_to_confirm: (count) => ({ title: `${several(count, 'nouvelle date attend', 'nouvelles dates attendent')} votre accord.`, next: 'Délos a trouvé un créneau libre ; personne n’est prévenu avant vous.', act: 'Voir les dates', icon: 'agenda', tone: '' }),
  dates_to_find: (count) => ({ title: `${several(count, 'candidat')} ${count > 1 ? 'attendent' : 'attend'} une date que Délos ne trouve pas.`, next: 'La liste dit, pour chaque créneau, la règle qui l’empêche.', act: 'Chercher une date', icon: 'alerte', tone: 'e-doute' }),
  marks_to_transmit: (count) => ({ title: `${several(count, 'note')} à transmettre au jury.`, next: 'Le bordereau dit, pour chaque candidat, ce qui manque encore.', act: 'Ouvrir le bordereau', icon: 'envoi', tone: '' }),
  heads_without_account: (count) => ({ title: `${several(count, 'établissement habilité', 'établissements habilités')} sans compte de chef d’établissement.`, next: 'Sans compte, il ne peut ni planifier ni convoquer en CCF.', act: 'Créer les comptes', icon: 'personne', tone: '' }),
};

/** The words of a line; one of a code that is not known still leads somewhere. */
export function todo(code: string, count: number): Words {
  return WORDS[code]?.(count) ?? { title: `Une tâche vous attend (${code}).`, next: '', act: 'Ouvrir', icon: 'aller', tone: '' };
}

/** Every code that has words. */
export const codes = (): string[] => Object.keys(WORDS);
