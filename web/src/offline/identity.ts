// Who works on this post when the service does not answer: whoever it last confirmed here, for a day and a half, and only a
// person who has work to do without network. The answer is kept in his own vault, like everything else of his.
import { hold, holder } from '../kit/holder.ts';
import { last, openVault, setLast } from './vault.ts';

const NAME = { kind: 'me', group: '', id: 'me' } as const;
const LONGEST = 36 * 3_600_000;

/** Keeps what the service said of the person who is here. */
export async function remember(owner: string, answer: unknown): Promise<void> {
  const vault = await openVault(owner);
  await vault.put(NAME, { at: Date.now(), answer });
  if (vault.lasting) await setLast(owner);
}

/** The service knows nobody here. */
export const forget = (): Promise<void> => setLast(null);

/** What the service last said of the person who holds this post; null when that is nobody, or too long ago. */
export async function recall<T>(): Promise<T | null> {
  const owner = holder() ?? (await last());
  if (owner === null) return null;
  const kept = await (await openVault(owner)).get<{ at: number; answer: T }>(NAME);
  if (!kept || Date.now() - kept.value.at > LONGEST) return null;
  // A power cut may have taken the name of the holder, which a browser writes at leisure.
  if (holder() === null) hold(owner);
  return kept.value.answer;
}
