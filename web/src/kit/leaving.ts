// What a part of the front keeps on this post, to be told and thrown away when somebody signs out.
import { holder } from './holder.ts';

type Kept = { /** How much of it was never sent. */ unsent: () => Promise<number>; forget: () => Promise<void> };

// Whoever signs out before his own part of the front was loaded leaves nothing behind either.
const owners = (): string[] => [holder()].filter((one) => one !== null);
const DEFAULT: Kept = {
  unsent: async () => (holder() === null ? 0 : (await import('../offline/desk.ts')).waiting(owners())),
  forget: async () => (holder() === null ? undefined : (await import('../offline/desk.ts')).leaveDesk(owners())),
};
let kept = DEFAULT;

export const leaving = {
  unsent: (): Promise<number> => kept.unsent(),
  forget: (): Promise<void> => kept.forget(),
};

/** Says what is kept; null when nothing is. */
export function whenLeaving(what: Kept | null): void {
  kept = what ?? DEFAULT;
}
