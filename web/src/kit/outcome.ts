// What an act ends in: nothing to say, a sentence of success, or a refusal in words.
import { refusal } from '../i18n/refusals.ts';

export type Outcome = { tone: 'bien' | 'faute'; text: string } | null;

type Told = { __typename: string } | { __typename: 'Refusal'; code: string; facts: readonly { name: string; value: string }[] };

/** The refusal of a result in words, or null where it is none. */
export function refused(result: Told): Outcome {
  return 'code' in result ? { tone: 'faute', text: refusal(result) } : null;
}
