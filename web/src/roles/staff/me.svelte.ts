// Who acts, and what the active mandate opens; read once, and again after a change of mandate.
import { ME, SESSION_NAME } from '../../graphql/frame.documents.ts';
import { ask, type ResultOf } from '../../graphql/tada.ts';
import { hold } from '../../kit/holder.ts';
import { unreached } from '../../kit/http.ts';
import { whenLeaving } from '../../kit/leaving.ts';

type Answer = ResultOf<typeof ME>;

let answer = $state.raw<Answer>();
let session = $state.raw<ResultOf<typeof SESSION_NAME>['session'] | null>(null);

export const me = {
  get known() {
    return answer !== undefined;
  },
  get name() {
    return answer?.me.name ?? '';
  },
  /** What he signs in with. */
  get email() {
    return answer?.me.email ?? '';
  },
  /** His second factor: whether there is one, and whether it was shown since signing in. */
  get secondFactor() {
    return answer?.me.secondFactor ?? null;
  },
  get mandates() {
    return answer?.me.mandates ?? [];
  },
  get active() {
    const id = answer?.me.active?.id;
    return answer?.me.mandates.find((mandate) => mandate.id === id) ?? null;
  },
  /** « BTS SIO, épreuve E5 · session 2027 ». */
  get context() {
    return session ? `${session.regulation.diploma}, épreuve ${session.regulation.examCode} · session ${session.code}` : '';
  },
  /** Whether the active mandate allows an operation somewhere. */
  may(operation: string): boolean {
    return answer?.me.may.includes(operation) ?? false;
  },
  /** Asks who acts; whoever asks meanwhile hears the same answer. */
  learn(): Promise<void> {
    learning ??= learn().finally(() => (learning = null));
    return learning;
  },
};

let learning: Promise<void> | null = null;

async function learn(): Promise<void> {
  try {
    answer = await ask(ME, {});
    await settle(answer);
    // Not every mandate reads the session; the page does not wait for its name.
    if (me.may('ReadSession')) void ask(SESSION_NAME, {}).then((named) => (session = named.session)).catch(() => undefined);
  } catch (error) {
    // Without network, whoever prepared this post goes on as the service last knew him.
    const { recall } = await import('../../offline/identity.ts');
    const kept = unreached(error) ? await recall<Answer>().catch(() => null) : null;
    if (!kept) throw error;
    answer = kept;
    await settle(kept, false);
  }
}

/** Whoever works without network has a desk on this post; nobody else leaves anything here. */
async function settle({ me: { active, may, mandates } }: Answer, online = true): Promise<void> {
  if (online) hold(active?.id ?? null);
  const desk = await (active && may.includes('ReadCommissionDay') ? import('../../offline/desk.ts') : null);
  const owners = mandates.map(({ id }) => id);
  whenLeaving(desk && { unsent: () => desk.waiting(owners), forget: () => desk.leaveDesk(owners) });
  if (!desk || !active) return;
  void desk.deskOf(active.id);
  if (online) void import('../../offline/identity.ts').then(({ remember }) => remember(active.id, answer)).catch(() => undefined);
}
