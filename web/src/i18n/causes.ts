// Why a message has not left, in words: what failed, what the relay said, what to do. The codes come from the worker.

/** Phases of a delivery: what was under way when it failed. */
const PHASES: Record<string, string> = {
  connection: 'Le relais de courriel ne répond pas',
  RSET: 'Le relais de courriel ne répond pas comme il faut',
  greeting: 'Le relais de courriel ne répond pas comme il faut',
  EHLO: 'Le relais de courriel ne répond pas comme il faut',
  STARTTLS: 'Le relais de courriel ne chiffre pas la liaison',
  certificate: 'Le certificat du relais de courriel n’est pas reconnu : rien n’est parti, prévenez l’administrateur',
  AUTH: 'Le relais de courriel refuse notre identification',
  MAIL: 'Le relais refuse l’expéditeur',
  RCPT: 'Le relais refuse cette adresse',
  DATA: 'La transmission a été interrompue avant la fin : rien n’est parti',
  dot: 'Le relais n’a pas confirmé : le message est peut-être parti',
  'before the dot': 'Le relais n’a pas répondu à temps : rien n’est parti',
  store: 'La base de données n’a pas répondu',
  folder: 'Le dossier des messages n’est pas accessible',
};

const WHOLE: Record<string, string> = {
  no_address: 'Aucune adresse connue : remettez le document imprimé, ou ajoutez l’adresse par un import, puis renvoyez.',
  unreadable: 'Le contenu du message ne peut plus être lu : prévenez l’administrateur.',
  busy: 'Le service était trop occupé ; il réessaie.',
  'address: cannot be written to': 'Cette adresse ne peut pas être utilisée : corrigez-la, puis renvoyez.',
  'sender: not an address': 'L’adresse d’expédition est mal réglée : prévenez l’administrateur.',
  'bytes_changed: a person decides': 'Délos a changé de version entre deux essais : appelez la personne avant de renvoyer.',
};

const LATE = 'too late for another try: ';

/** The cause that the worker wrote, as a French reader needs it; the relay's own words stay as they are. */
export function cause(text: string): string {
  if (text.startsWith(LATE)) return `${cause(text.slice(LATE.length))} Il n’est plus temps d’un autre essai.`;
  const whole = WHOLE[text];
  if (whole) return whole;
  const [, phase, said] = /^([^:]+): (.*)$/s.exec(text) ?? [];
  const words = phase && PHASES[phase];
  if (words) return /\d/.test(said ?? '') ? `${words} (« ${said} »).` : `${words}.`;
  return /^(composition|envelope|attachment)\b/.test(text) ? 'Le message n’a pas pu être préparé : prévenez l’administrateur.' : text;
}
