// What a part of the front keeps on this post, to be told and thrown away when somebody signs out.
type Kept = { /** How much of it was never sent. */ unsent: () => Promise<number>; forget: () => Promise<void> };

const NOTHING: Kept = { unsent: async () => 0, forget: async () => undefined };
let kept = NOTHING;

export const leaving = {
  unsent: (): Promise<number> => kept.unsent(),
  forget: (): Promise<void> => kept.forget(),
};

/** Says what is kept; null when nothing is. */
export function whenLeaving(what: Kept | null): void {
  kept = what ?? NOTHING;
}
