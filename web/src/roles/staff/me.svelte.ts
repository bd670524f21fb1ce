// Who acts, and what the active mandate opens; read once, and again after a change of mandate.
import { ME } from '../../graphql/staff.documents.ts';
import { ask, type ResultOf } from '../../graphql/tada.ts';

type Answer = ResultOf<typeof ME>;

let answer = $state.raw<Answer>();

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
    const session = answer?.session;
    return session ? `${session.regulation.diploma}, épreuve ${session.regulation.examCode} · session ${session.code}` : '';
  },
  /** Whether the active mandate allows an operation somewhere. */
  may(operation: string): boolean {
    return answer?.me.may.includes(operation) ?? false;
  },
  async learn(): Promise<void> {
    answer = await ask(ME, {});
  },
};
