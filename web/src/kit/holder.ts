// Whose work this browser may send: the mandate under which the service last knew somebody here.
//
// All tabs share one session, and one of them may change it: whoever is about to send what a person typed looks here first,
// so that nobody's drafts leave under another's name. It is emptied before a session begins, changes or ends, and filled
// once the service has said who is there.
const KEY = 'delos.poste';
let kept: string | null = null;

/** The mandate that acts on this post, or null while nobody knows. */
export function holder(): string | null {
  try {
    return window.localStorage.getItem(KEY);
  } catch {
    // Storage is refused: one tab alone, then.
    return kept;
  }
}

/** Says who acts on this post, in every tab. */
export function hold(mandate: string | null): void {
  kept = mandate;
  try {
    if (mandate === null) window.localStorage.removeItem(KEY);
    else window.localStorage.setItem(KEY, mandate);
  } catch {
    // Storage is refused: one tab alone, then.
  }
}

/** Begins or changes a session: nothing of the former holder's leaves meanwhile; a failure gives the post back to him. */
export async function handingOver<T>(act: () => Promise<T>): Promise<T> {
  const before = holder();
  hold(null);
  try {
    return await act();
  } catch (error) {
    hold(before);
    throw error;
  }
}
