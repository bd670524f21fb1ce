// One person's desk on this post: his vault, his drafts, and the one who sends them. There is one at a time.
import { RECORD_PHASES, SAVE_ASSESSMENT } from '../graphql/exam.documents.ts';
import { ask, type ResultOf } from '../graphql/tada.ts';
import { holder } from '../kit/holder.ts';
import { Drafts, type PhaseDraft } from './drafts.ts';
import { forgetFront } from './prepare.ts';
import { Sender, type Api } from './sender.ts';
import { openVault, unsent, wipe, type Vault } from './vault.ts';

type Saved = Extract<ResultOf<typeof SAVE_ASSESSMENT>['saveAssessment'], { __typename: 'SavedAssessment' }>;
type Recorded = Extract<ResultOf<typeof RECORD_PHASES>['recordPhases'], { __typename: 'RecordedPhases' }>;
/** An assessment as the service keeps it. */
export type Assessment = Saved['assessment'];
/** A start or a stop as the service keeps it. */
export type PhaseEvent = Recorded['events'][number];
type Refusal = { code: string; facts: readonly { name: string; value: string }[] };

/** What a screen hears of the sending. */
export type Ears = {
  answered: (assessment: Assessment) => Promise<void> | void;
  happened: (sitting: string, events: readonly PhaseEvent[]) => Promise<void> | void;
  lost: (sitting: string, event: PhaseDraft | undefined, refusal: Refusal) => void;
};

export type Desk = { vault: Vault; drafts: Drafts; sender: Sender<Assessment, PhaseEvent>; ears: Set<Ears> };

const API: Api<Assessment, PhaseEvent> = {
  async save(sitting, key, entries) {
    const { saveAssessment } = await ask(SAVE_ASSESSMENT, { input: { sitting, key, entries } });
    return saveAssessment.__typename === 'Refusal' ? { refusal: saveAssessment } : saveAssessment;
  },
  async record(sitting, events) {
    const { recordPhases } = await ask(RECORD_PHASES, { input: { sitting, events } });
    return recordPhases.__typename === 'Refusal' ? { refusal: recordPhases } : recordPhases;
  },
};

let present: { owner: string; desk: Promise<Desk> } | null = null;

/** The desk of a mandate; what it has kept begins to leave. */
export function deskOf(owner: string): Promise<Desk> {
  if (present?.owner === owner) return present.desk;
  closeDesk();
  const desk = open(owner);
  present = { owner, desk };
  desk.catch(() => {
    if (present?.desk === desk) present = null;
  });
  return desk;
}

async function open(owner: string): Promise<Desk> {
  const vault = await openVault(owner);
  const drafts = new Drafts(vault);
  await drafts.load();
  const ears = new Set<Ears>();
  const sender = new Sender<Assessment, PhaseEvent>({
    drafts,
    api: API,
    mine: () => holder() === owner,
    answered: async (_, assessment) => {
      for (const one of ears) await one.answered(assessment);
    },
    happened: async (sitting, events) => {
      for (const one of ears) await one.happened(sitting, events);
    },
    lost: (...what) => ears.forEach((one) => one.lost(...what)),
  });
  sender.wake();
  return { vault, drafts, sender, ears };
}

/** Nothing is sent any more. */
export function closeDesk(): void {
  const former = present;
  present = null;
  void former?.desk.then(({ sender, drafts }) => {
    sender.close();
    drafts.close();
  });
}

/** How much of these mandates' was never sent. */
export const waiting = (owners: readonly string[]): Promise<number> => unsent(owners);

/** Throws away what this post kept for these mandates, and the front's files. */
export async function leaveDesk(owners: readonly string[]): Promise<void> {
  closeDesk();
  await wipe(owners);
  await forgetFront();
}
