// The one who sends: what is kept on this post leaves by a single request at a time, whatever is typed meanwhile.
//
// Invariant: one request at a time in the whole browser (a lock that its tabs share), so that typing fast sends no more
// requests than answers come back.
// Invariant: what was sent is kept as it was sent, under its key, until it is answered. A lost answer sends the same key with
// the same entries: the service does it once.
// Invariant: nothing is sent but on behalf of the owner of the vault, while the post is his (`kit/holder.ts`).
// Invariant: a draft leaves the disk only if it is still the one that was sent.
import type { Draft, Drafts, Held, PhaseDraft } from './drafts.ts';
import { inOrder } from './drafts.ts';

type Facts = readonly { name: string; value: string }[];
type Refusal = { code: string; facts: Facts };
type Field = { field: string; value: string; mine: boolean };
/** What the sender reads of an assessment. */
export type Kept = { version: number; fields: readonly Field[] };
type Entry = { field: string; value: string; base: number };
type Outcome = { field: string; outcome: 'SAVED' | 'CONFLICT' | 'REFUSED'; refusal: Refusal | null };

/** What the service answers: taken entry by entry, or refused as a whole. */
export type Saved<A extends Kept> = { assessment: A; entries: readonly Outcome[] } | { refusal: Refusal };
export type Recorded<E> = { events: readonly E[]; answers: readonly { key: string; refusal: Refusal | null }[] } | { refusal: Refusal };

export type Api<A extends Kept, E> = {
  save(sitting: string, key: string, entries: Entry[]): Promise<Saved<A>>;
  record(sitting: string, events: Omit<PhaseDraft, 'turn'>[]): Promise<Recorded<E>>;
};

type Batch = { key: string; entries: (Entry & { stamp: string })[] };

/** Where the sending stands. */
export type State = 'ready' | 'sending' | 'offline' | 'signed_out' | 'second_factor';

export type Options<A extends Kept, E> = {
  drafts: Drafts;
  api: Api<A, E>;
  /** Whether the post is the owner's now. */
  mine: () => boolean;
  /** What an answer showed. */
  answered?: (sitting: string, assessment: A) => Promise<void> | void;
  /** What was recorded of a sitting's phases. */
  happened?: (sitting: string, events: readonly E[]) => Promise<void> | void;
  /** A start or a stop that will never be taken, and why. */
  lost?: (sitting: string, event: PhaseDraft | undefined, refusal: Refusal) => void;
  /** Runs alone among the tabs of this browser. */
  alone?: (act: () => Promise<void>) => Promise<void>;
  later?: (act: () => void, delay: number) => () => void;
};

const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 60_000;
/** A batch is no bigger than this: a slow line answers before anybody gives up. */
const MOST = 40;

const byLocks =
  (name: string) =>
  (act: () => Promise<void>): Promise<void> =>
    typeof navigator !== 'undefined' && navigator.locks ? navigator.locks.request(name, act) : act();

function inTime(act: () => void, delay: number): () => void {
  const timer = setTimeout(act, delay);
  return () => clearTimeout(timer);
}

const codeOf = (error: unknown): string => (typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unavailable');
const named = (facts: Facts): Record<string, string> => Object.fromEntries(facts.map(({ name, value }) => [name, value]));
const refusedBy = ({ code, facts }: Refusal): Held => ({ why: 'refused', code, facts: named(facts) });
/** What a person alone can mend; anything else is a matter of time. */
const FINAL = ['forbidden', 'not_found'];

export class Sender<A extends Kept, E> {
  #options: Options<A, E>;
  #state: State = 'ready';
  #running = false;
  #again = false;
  #closed = false;
  #failures = 0;
  #cancel: (() => void) | null = null;
  #savedAt: number | null = null;
  #told = new Set<() => void>();
  #online = (): void => this.wake();

  constructor(options: Options<A, E>) {
    this.#options = options;
    if (typeof window !== 'undefined') window.addEventListener('online', this.#online);
  }

  get state(): State {
    return this.#state;
  }

  /** When the service last took something. */
  get savedAt(): number | null {
    return this.#savedAt;
  }

  subscribe(told: () => void): () => void {
    this.#told.add(told);
    return () => void this.#told.delete(told);
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#told.clear();
    if (typeof window !== 'undefined') window.removeEventListener('online', this.#online);
  }

  /** There may be something to send. */
  wake(): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#closed) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    void this.#run().finally(() => {
      this.#running = false;
      if (this.#again && !this.#closed) {
        this.#again = false;
        this.wake();
      }
    });
  }

  /** Sends until nothing is left, or until something stands in the way. */
  async #run(): Promise<void> {
    const { drafts, mine, later = inTime } = this.#options;
    const alone = this.#options.alone ?? byLocks(`delos.sender.${drafts.vault.owner}`);
    try {
      let more = true;
      while (more && !this.#closed) {
        this.#again = false;
        await alone(async () => {
          more = await this.#pass();
        });
      }
      this.#failures = 0;
      if (this.#state === 'sending' || this.#state === 'offline') this.#be('ready');
    } catch (error) {
      const code = codeOf(error);
      if (code === 'signed_out' || !mine()) return this.#be('signed_out');
      if (code === 'second_factor_needed') return this.#be('second_factor');
      this.#failures += 1;
      this.#be('offline');
      // Half of the delay is drawn: thirty posts of one school do not come back at once.
      const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (this.#failures - 1));
      if (!this.#closed) this.#cancel = later(() => this.wake(), delay / 2 + (Math.random() * delay) / 2);
    }
  }

  /** One request for each sitting that has something to send; says whether there was any. */
  async #pass(): Promise<boolean> {
    const { vault } = this.#options.drafts;
    const events = await vault.list<PhaseDraft>('event');
    const drafts = await vault.list<Draft>('draft');
    const batches = await vault.list<Batch>('batch');
    const sittings = new Set([...events, ...batches, ...drafts.filter(({ value }) => !value.held)].map(({ name }) => name.group));
    for (const sitting of sittings) {
      const told = events.filter(({ name }) => name.group === sitting).map(({ value }) => value);
      if (told.length > 0) await this.#record(sitting, told.sort(inOrder));
      const batch = batches.find(({ name }) => name.group === sitting)?.value ?? (await this.#gather(sitting));
      if (batch) await this.#save(sitting, batch);
    }
    return sittings.size > 0;
  }

  #ours(): void {
    if (this.#closed || !this.#options.mine()) throw Object.assign(new Error('the post is another’s'), { code: 'signed_out' });
    this.#be('sending');
  }

  async #record(sitting: string, events: PhaseDraft[]): Promise<void> {
    const { api, drafts, happened, lost } = this.#options;
    this.#ours();
    let answer: Recorded<E>;
    try {
      answer = await api.record(sitting, events.map(({ turn, ...event }) => event));
    } catch (error) {
      if (!FINAL.includes(codeOf(error))) throw error;
      answer = { refusal: { code: codeOf(error), facts: [] } };
    }
    const refused: { key: string; refusal: Refusal | null }[] =
      'refusal' in answer ? events.map(({ key }) => ({ key, refusal: (answer as { refusal: Refusal }).refusal })) : [...answer.answers];
    if ('events' in answer) await happened?.(sitting, answer.events);
    await drafts.recorded(sitting, refused.map(({ key }) => key));
    for (const { key, refusal } of refused) if (refusal) lost?.(sitting, events.find((event) => event.key === key), refusal);
    this.#savedAt = Date.now();
  }

  /** The drafts of a sitting under one key, on the disk before anything leaves. */
  async #gather(sitting: string): Promise<Batch | null> {
    const { vault } = this.#options.drafts;
    const free = (await vault.list<Draft>('draft', sitting)).filter(({ value }) => !value.held);
    if (free.length === 0) return null;
    free.sort((one, other) => one.value.at - other.value.at);
    const entries = free.slice(0, MOST).map(({ stamp, value: { field, value, base } }) => ({ field, value, base, stamp }));
    const batch: Batch = { key: crypto.randomUUID(), entries };
    await vault.put({ kind: 'batch', group: sitting, id: 'batch' }, batch);
    return batch;
  }

  async #save(sitting: string, { key, entries }: Batch): Promise<void> {
    const { api, drafts, answered } = this.#options;
    this.#ours();
    let answer: Saved<A>;
    try {
      answer = await api.save(sitting, key, entries.map(({ field, value, base }) => ({ field, value, base })));
    } catch (error) {
      if (!FINAL.includes(codeOf(error))) throw error;
      answer = { refusal: { code: codeOf(error), facts: [] } };
    }
    // The answer is shown, and kept, before the drafts go: no field ever shows neither.
    if ('assessment' in answer) await answered?.(sitting, answer.assessment);
    for (const [place, { field, value, stamp }] of entries.entries()) {
      if ('refusal' in answer) {
        await drafts.hold(sitting, field, stamp, refusedBy(answer.refusal));
        continue;
      }
      const said = answer.entries[place];
      if (said?.outcome === 'CONFLICT') await drafts.hold(sitting, field, stamp, { why: 'conflict' });
      else if (said?.outcome === 'REFUSED') await drafts.hold(sitting, field, stamp, refusedBy(said.refusal ?? { code: 'unavailable', facts: [] }));
      else if (said) {
        const shown = answer.assessment.fields.find((one) => one.field === field);
        const own = value === '' ? !shown || shown.value === '' : shown?.mine && shown.value === value;
        await drafts.settled(sitting, field, stamp, own ? answer.assessment.version : null);
      }
    }
    // Last: if the browser dies before this line, the same batch leaves again, and is done already.
    await drafts.vault.remove({ kind: 'batch', group: sitting, id: 'batch' });
    if ('assessment' in answer) this.#savedAt = Date.now();
  }

  #be(state: State): void {
    this.#state = state;
    for (const told of this.#told) told();
  }
}
