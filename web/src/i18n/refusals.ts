// The French sentence of each refusal: what is wrong, then what to do. The codes come from the commands.
// Here are those that anybody may meet. Those of a part of the front are beside its screens, because a slow post loads no
// other's: organisation.ts, exam.ts, visas.ts.
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
  factor_code_wrong: 'Ce code n’est pas le bon. Saisissez celui que votre application affiche en ce moment ; l’heure de votre téléphone doit être juste.',
  factor_code_used: 'Ce code a déjà servi. Attendez que votre application affiche le suivant : trente secondes au plus.',
  factor_already: 'Votre compte a déjà un second facteur. Saisissez le code de votre application, ou un code de secours.',
  second_factor_needed: 'Confirmez d’abord que c’est bien vous, par le code de votre application.',
  signed_out: 'Votre session a expiré : reconnectez-vous, rien n’est perdu.',

  // Everywhere.
  conflict: 'Quelqu’un d’autre a modifié ces données entre-temps. La page vient d’être rechargée : vérifiez, puis recommencez.',
  convocation_outdated: 'Cette convocation n’est plus la bonne : une plus récente, ou une annulation, vous a été envoyée. Ouvrez le dernier message reçu, ou « Mon épreuve ».',
  control_characters: 'Un des textes saisis contient un caractère invisible. Effacez-le, retapez-le à la main, puis recommencez.',
  reason_missing: 'Écrivez la raison : chacun la lira.',
  reason_too_long: (facts) => `Raccourcissez ce texte : ${fact(facts, 'most')} caractères au plus.`,
  file_too_large: 'Ce fichier dépasse 20 Mo. Vérifiez que c’est le bon, ou découpez-le.',
  text_too_long: (facts) => `Ce texte est trop long : ${count(Number(fact(facts, 'most')))} caractères au plus.`,
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

/** Why long work ended without doing what was asked, by the code that it left. */
export const failure = (code: string | null): string => sentence(code ?? '', {}) ?? 'Ce travail n’a pas pu aboutir. Rien n’a été écrit à moitié : recommencez.';

/** Every code that has a sentence. */
export const codes = (): string[] => Object.keys(SENTENCES);
