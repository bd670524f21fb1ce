// Who works on this post when the service does not answer: whoever it last confirmed here, for a day and a half, and only a
// person who has work to do without network. The answer is kept in his own vault, like everything else of his.
import { holder } from '../kit/holder.ts';
import { openVault } from './vault.ts';

const NAME = { kind: 'me', group: '', id: 'me' } as const;
const LONGEST = 36 * 3_600_000;

/** Keeps what the service said of the person who is here. */
export async function remember(owner: string, answer: unknown): Promise<void> {
  await (await openVault(owner)).put(NAME, { at: Date.now(), answer });
}

/** What the service last said of the person who holds this post; null when that is nobody, or too long ago. */
export async function recall<T>(): Promise<T | null> {
  const owner = holder();
  if (owner === null) return null;
  const kept = await (await openVault(owner)).get<{ at: number; answer: T }>(NAME);
  return kept && Date.now() - kept.value.at < LONGEST ? kept.value.answer : null;
}
