// What a person typed and the service has not answered yet: one draft a sitting and field, and the starts and stops of phases.
//
// Why a draft keeps its base. `base` is the version of the assessment that the person had before his eyes when he typed; the
// service finds a conflict when somebody else changed the field after it. As long as a field has a draft, the screen shows that
// draft and nothing else, whatever the post has read meanwhile: to type again is no sign that the other's value was seen. So a
// draft that is typed again keeps the OLDEST base, though the screen knows a newer version: with the newer one, the other's
// value would be overwritten unseen. It moves forward in three cases alone, each of which means that the person knows the value
// that stands there:
// 1. the service answered that the draft was saved, and its answer shows that very value as his own: whatever he typed since,
//    he typed over it (`settled`). An answer that shows another's value proves nothing, and the base stays;
// 2. the conflict was shown, both values side by side, and he chose his: the base is the version whose value was shown
//    (`insist`), so that a third value, arrived since, conflicts again;
// 3. there is no draft any more (saved, or the other's was taken): the screen shows what was read, and the next draft begins
//    with the version of that.
// A second tab of the same person writes the same record: the older of the two bases wins there too (`put` reads before it
// writes, and writes only over what it read).
import type { Item, Name, Vault } from './vault.ts';

/** A start or a stop, as the post's clock told it; or that an earlier one, of that key, was a mistake. */
export type PhaseDraft = { key: string; phase: number; act: 'START' | 'STOP'; at: string; takesBack?: string; turn: number };
/** Why a draft waits for the person: he must choose, or mend it. */
export type Held = { why: 'conflict' } | { why: 'refused'; code: string; facts: Record<string, string> };
/** What was typed in a field. */
export type Draft = { sitting: string; field: string; value: string; base: number; at: number; held: Held | null };

const nameOf = (sitting: string, field: string): Name => ({ kind: 'draft', group: sitting, id: field });

export class Drafts {
  /** What the vault holds, or is about to, by sitting and field. */
  #known = new Map<string, Draft>();
  #events = new Map<string, PhaseDraft[]>();
  /** The last version that showed the person's own value of a field. */
  #own = new Map<string, number>();
  #queue: Promise<unknown> = Promise.resolve();
  #writing = 0;
  #failed = false;
  /** When the last was typed: no two at the same moment. */
  #last = 0;
  #told = new Set<() => void>();
  #tabs: BroadcastChannel | null;

  constructor(readonly vault: Vault) {
    // Another tab of the same person types too: what it kept is shown here.
    this.#tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`delos.drafts.${vault.owner}`);
    if (this.#tabs) this.#tabs.onmessage = () => void this.load().catch(() => undefined);
  }

  /** Reads what this post has kept. */
  load(): Promise<void> {
    return this.#after(async () => {
      const drafts = await this.vault.list<Draft>('draft');
      const events = await this.vault.list<PhaseDraft>('event');
      this.#known = new Map(drafts.map(({ value }) => [`${value.sitting} ${value.field}`, value]));
      this.#events = new Map();
      for (const { name, value } of events) this.#events.set(name.group, [...(this.#events.get(name.group) ?? []), value]);
      for (const list of this.#events.values()) list.sort(inOrder);
    });
  }

  close(): void {
    this.#tabs?.close();
    this.#tabs = null;
    this.#told.clear();
  }

  /** Calls back after each change; gives back how to stop. */
  subscribe(told: () => void): () => void {
    this.#told.add(told);
    return () => void this.#told.delete(told);
  }

  get(sitting: string, field: string): Draft | undefined {
    return this.#known.get(`${sitting} ${field}`);
  }

  of(sitting: string): Draft[] {
    return [...this.#known.values()].filter((draft) => draft.sitting === sitting);
  }

  events(sitting: string): readonly PhaseDraft[] {
    return this.#events.get(sitting) ?? [];
  }

  /** How many wait, held ones included. */
  get count(): number {
    return this.#known.size + [...this.#events.values()].reduce((sum, list) => sum + list.length, 0);
  }

  get all(): Draft[] {
    return [...this.#known.values()];
  }

  /** Whether something typed is not on the disk yet. */
  get writing(): boolean {
    return this.#writing > 0;
  }

  /** Whether this post could not keep something. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Keeps what was typed; ends once it is on the disk. `refused` is what the post itself finds wrong with it. */
  put(sitting: string, field: string, value: string, seen: number, refused: Held | null = null): Promise<void> {
    const before = this.get(sitting, field);
    const base = before ? before.base : seen;
    this.#last = Math.max(Date.now(), this.#last + 1);
    const typed: Draft = { sitting, field, value, base, at: this.#last, held: refused ?? conflictOf(before) };
    this.#known.set(`${sitting} ${field}`, typed);
    this.#tell();
    return this.#after(async () => {
      await this.#change(sitting, field, (kept) => ({ ...typed, base: this.#base(typed, before, kept), held: refused ?? conflictOf(kept) }));
      this.#tabs?.postMessage(null);
    });
  }

  /** The base of what was typed over `before` (the draft that was shown, if any), now that the disk holds `kept`. */
  #base({ sitting, field, base }: Draft, before: Draft | undefined, kept: Draft | null): number {
    if (kept) return before ? kept.base : Math.min(base, kept.base);
    // What was shown has been answered meanwhile: if it was saved as his own, that is what he typed over.
    return before ? Math.max(base, this.#own.get(`${sitting} ${field}`) ?? base) : base;
  }

  /** Keeps a start or a stop, or the taking back of one. */
  record(sitting: string, event: Omit<PhaseDraft, 'turn'>): Promise<void> {
    const list = this.#events.get(sitting) ?? [];
    const kept: PhaseDraft = { ...event, turn: (list.at(-1)?.turn ?? 0) + 1 };
    this.#events.set(sitting, [...list, kept]);
    this.#tell();
    return this.#after(() => this.vault.put({ kind: 'event', group: sitting, id: event.key }, kept));
  }

  /** The service has these events, or will never take them. */
  recorded(sitting: string, keys: readonly string[]): Promise<void> {
    return this.#after(async () => {
      for (const key of keys) await this.vault.remove({ kind: 'event', group: sitting, id: key });
      const left = this.events(sitting).filter((event) => !keys.includes(event.key));
      if (left.length > 0) this.#events.set(sitting, left);
      else this.#events.delete(sitting);
    });
  }

  /** The person has seen the other's value, of this version, and keeps his own. */
  insist(sitting: string, field: string, seen: number): Promise<void> {
    return this.#after(() => this.#change(sitting, field, (kept) => kept && { ...kept, base: seen, held: null }));
  }

  /** A refused draft may be tried again. */
  retry(sitting: string): Promise<void> {
    return this.#after(async () => {
      for (const { field } of this.of(sitting)) await this.#change(sitting, field, (kept) => kept && (kept.held?.why === 'refused' ? { ...kept, held: null } : kept));
    });
  }

  /** The person gives his value up. */
  drop(sitting: string, field: string): Promise<void> {
    return this.#after(() => this.#change(sitting, field, () => null));
  }

  /** The service said no to what was sent: it waits for the person, unless he has typed since. */
  hold(sitting: string, field: string, stamp: string, held: Held): Promise<void> {
    return this.#after(() => this.#change(sitting, field, (kept, now) => kept && (now === stamp || held.why === 'conflict' ? { ...kept, held } : kept)));
  }

  /** The service saved what was sent; `own` is the version that shows it as the person's own, where the answer does. */
  settled(sitting: string, field: string, stamp: string, own: number | null): Promise<void> {
    if (own !== null) this.#own.set(`${sitting} ${field}`, own);
    return this.#after(() => this.#change(sitting, field, (kept, now) => (now === stamp ? null : (kept && (own === null ? kept : { ...kept, base: Math.max(kept.base, own) })))));
  }

  /** Changes a draft by what stands on the disk, and again if another tab was faster. */
  async #change(sitting: string, field: string, next: (kept: Draft | null, stamp: string | null) => Draft | null): Promise<void> {
    const name = nameOf(sitting, field);
    for (;;) {
      const kept: Item<Draft> | null = await this.vault.get<Draft>(name);
      const changed = next(kept?.value ?? null, kept?.stamp ?? null);
      if (changed === (kept?.value ?? null) || (await this.vault.swap(name, kept?.stamp ?? null, changed ?? undefined))) {
        // A later typing of this tab is shown already, and is next in the queue.
        const shown = this.get(sitting, field);
        if (!shown || !changed || shown.at <= changed.at) {
          if (changed) this.#known.set(`${sitting} ${field}`, changed);
          else if (!shown || !kept || shown.at <= kept.value.at) this.#known.delete(`${sitting} ${field}`);
        }
        return;
      }
    }
  }

  /** One change at a time, in the order of typing. */
  #after(act: () => Promise<unknown>): Promise<void> {
    this.#writing += 1;
    const mine = this.#queue.then(act).then(
      () => void (this.#failed = false),
      (error: unknown) => {
        this.#failed = true;
        throw error;
      },
    );
    this.#queue = mine.catch(() => undefined);
    return mine.finally(() => {
      this.#writing -= 1;
      this.#tell();
    });
  }

  #tell(): void {
    for (const told of this.#told) told();
  }
}

/** A value that is typed again in a conflict is in conflict still: the other's has not been dealt with. */
const conflictOf = (draft: Draft | null | undefined): Held | null => (draft?.held?.why === 'conflict' ? draft.held : null);

export const inOrder = (one: PhaseDraft, other: PhaseDraft): number => one.at.localeCompare(other.at) || one.turn - other.turn;
