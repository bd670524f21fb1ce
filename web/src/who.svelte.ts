// Who is signed in on this post: nobody, staff, or a candidate. The server says so; nothing is kept here.
import { get } from './kit/http.ts';

export type Kind = 'staff' | 'candidate' | null;

let kind = $state<Kind>(null);
let known = $state(false);

export const who = {
  get kind() {
    return kind;
  },
  get known() {
    return known;
  },
  set(next: Kind) {
    kind = next;
    known = true;
  },
  /** Asks the server. */
  async learn(): Promise<void> {
    const answer = await get<{ kind: Kind }>('/auth/whoami');
    who.set(answer.kind);
  },
};
