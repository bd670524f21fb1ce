// One day of a commission, held here: what the service keeps, what this post has kept and not sent, and what each field shows.
//
// Invariant: no screen of the day is bound to a cache or to the network: the pack is read once, answers are merged into it, and a
// field that somebody has typed on this post shows that, whatever else arrives (offline/drafts.ts says why).
import { createSubscriber } from 'svelte/reactivity';
import { parseMark, wholePoints } from '../../../exam/mark.ts';
import type { Act } from '../../../exam/clock.ts';
import { localTime, written } from '../../../exam/local.ts';
import { ASSESSMENT, EXAM_DAY } from '../../../graphql/exam.documents.ts';
import { ask, type ResultOf } from '../../../graphql/tada.ts';
import '../../../i18n/exam.ts';
import { refusal } from '../../../i18n/refusals.ts';
import { unreached } from '../../../kit/http.ts';
import type { Draft, Held } from '../../../offline/drafts.ts';
import { deskOf, type Assessment, type Desk, type Ears, type PhaseEvent } from '../../../offline/desk.ts';

export type Pack = ResultOf<typeof EXAM_DAY>['examDay'];
export type Commission = Pack['commissions'][number];
export type Sitting = Commission['passages'][number];
export type Grid = Pack['forms']['grids'][number];
type Kept = Assessment['fields'][number];
/** A gesture that stands. */
export type Said = Pick<PhaseEvent, 'key' | 'phase' | 'act' | 'at'>;
/** A field as it is shown: the post's own value first. */
export type Shown = { value: string; draft: Draft | undefined; kept: Kept | undefined };

/** What is kept of a day: its pack, and how far this post's clock was from the service's when it came. */
type Stored = { pack: Pack; gap: number; at: number };

const packOf = (date: string) => ({ kind: 'pack', group: date, id: 'day' }) as const;
const assessmentOf = (sitting: string) => ({ kind: 'pack', group: sitting, id: 'assessment' }) as const;
const eventsOf = (sitting: string) => ({ kind: 'pack', group: sitting, id: 'events' }) as const;

/** The day of the address, asked for with the page itself: it is on its way while the rest is loaded. */
let early: { date: string; answer: Promise<ResultOf<typeof EXAM_DAY>>; asked: number } | null = null;
export function askEarly(date: string): void {
  const one = { date, answer: ask(EXAM_DAY, { date }), asked: Date.now() };
  early = one;
  // Refused, before a second factor for example, it is not what a later look is answered.
  one.answer.catch(() => early === one && (early = null));
}

/** How much has happened to these: what is taken back stays, and counts twice. */
const lived = (events: readonly PhaseEvent[]): number => events.reduce((sum, { takenBack }) => sum + (takenBack ? 2 : 1), 0);

/** A clock this far from the service's is told. */
const CLOSE = 120_000;

export class ExamDay {
  pack = $state.raw() as Pack;
  /** When the pack was kept on this post, where it was. */
  preparedAt = $state<number | null>(null);
  /** Whether the service did not answer, and this is what the post has kept. */
  fromPost = $state(false);
  /** A start or a stop that the service did not take. */
  refused = $state.raw<string | null>(null);
  /** Milliseconds by which this post is ahead of the service. */
  gap = $state(0);
  #kept = $state.raw<ReadonlyMap<string, Assessment>>(new Map());
  #happened = $state.raw<ReadonlyMap<string, readonly PhaseEvent[]>>(new Map());
  #hear: () => void;
  #writes = 0;
  #soon: ReturnType<typeof setTimeout> | undefined;

  private constructor(
    readonly date: string,
    readonly desk: Desk,
  ) {
    this.#hear = createSubscriber((update) => {
      const stops = [desk.drafts.subscribe(update), desk.sender.subscribe(update)];
      return () => stops.forEach((stop) => stop());
    });
    const ears: Ears = {
      answered: (assessment) => this.merge(assessment),
      happened: async (sitting, events) => {
        this.#happened = new Map(this.#happened).set(sitting, events);
        await this.#keep(eventsOf(sitting), events);
      },
      lost: (_, event, why) => (this.refused = `${event?.takesBack ? 'Ce geste n’est pas annulé.' : 'Une heure n’a pas été prise.'} ${event ? `${event.at.slice(11, 13)} h ${event.at.slice(14, 16)} : ` : ''}${refusal(why)}`),
    };
    desk.ears.add(ears);
    this.close = () => void desk.ears.delete(ears);
  }

  close: () => void;

  /** The day, from the service or from what this post has kept of it. */
  static async open(owner: string, date: string): Promise<ExamDay> {
    const desk = await deskOf(owner);
    const day = new ExamDay(date, desk);
    try {
      await day.read();
    } catch (error) {
      const stored = unreached(error) ? await desk.vault.get<Stored>(packOf(date)) : null;
      if (!stored) {
        day.close();
        throw error;
      }
      day.fromPost = true;
      day.preparedAt = stored.value.at;
      day.gap = stored.value.gap;
      day.#take(stored.value.pack);
      await day.#recall();
    }
    desk.sender.wake();
    return day;
  }

  /** The days that this post has kept, for whoever opens it without network. */
  static async stored(owner: string): Promise<string[]> {
    const { vault } = await deskOf(owner);
    return (await vault.list<Stored>('pack')).filter(({ name }) => name.id === 'day').map(({ name }) => name.group).sort();
  }

  /** Reads the day again. */
  async read(): Promise<void> {
    const ahead = early?.date === this.date ? early : null;
    early = null;
    const [asked, writes] = [ahead?.asked ?? Date.now(), this.#writes];
    const { examDay } = await (ahead?.answer ?? ask(EXAM_DAY, { date: this.date }));
    this.fromPost = false;
    this.gap = (asked + Date.now()) / 2 - Date.parse(examDay.now);
    const stored = await this.desk.vault.get<Stored>(packOf(this.date));
    this.preparedAt = stored?.value.at ?? null;
    // What was answered meanwhile is newer than this.
    if (writes !== this.#writes && this.pack) return;
    this.#take(examDay);
    if (stored) await this.keep(stored.value.at);
  }

  /** Reads one assessment again. */
  async look(sitting: string): Promise<void> {
    const writes = this.#writes;
    const { assessment } = await ask(ASSESSMENT, { sitting });
    this.fromPost = false;
    if (writes === this.#writes) await this.merge(assessment, false);
  }

  /** Keeps the day on this post, to open it without network. */
  async keep(at = Date.now()): Promise<void> {
    await this.desk.vault.put(packOf(this.date), { pack: this.pack, gap: this.gap, at } satisfies Stored);
    this.preparedAt = at;
  }

  #take(pack: Pack): void {
    this.pack = pack;
    const passages = pack.commissions.flatMap((one) => one.passages);
    this.#kept = new Map(passages.map((one) => [one.sitting, one.assessment]));
    this.#happened = new Map(passages.map((one) => [one.sitting, one.events]));
    for (const one of passages) void this.#agree(one.assessment);
  }

  /** What was answered after the pack was kept. */
  async #recall(): Promise<void> {
    for (const { sitting } of this.sittings) {
      const [kept, events] = await Promise.all([this.desk.vault.get<Assessment>(assessmentOf(sitting)), this.desk.vault.get<readonly PhaseEvent[]>(eventsOf(sitting))]);
      if (kept && kept.value.version >= (this.#kept.get(sitting)?.version ?? 0)) this.#kept = new Map(this.#kept).set(sitting, kept.value);
      if (events && lived(events.value) >= lived(this.#happened.get(sitting) ?? [])) this.#happened = new Map(this.#happened).set(sitting, events.value);
    }
  }

  async #keep(name: Parameters<Desk['vault']['put']>[0], value: unknown): Promise<void> {
    // Only what was prepared is opened without network: the rest would lie on the disk for nothing.
    if (this.preparedAt !== null) await this.desk.vault.put(name, value);
  }

  /** Takes an answer in; an older one than what is shown is left. */
  async merge(assessment: Assessment, own = true): Promise<void> {
    if (own) this.#writes += 1;
    if (assessment.version < (this.#kept.get(assessment.sitting)?.version ?? 0)) return;
    this.#kept = new Map(this.#kept).set(assessment.sitting, assessment);
    await this.#keep(assessmentOf(assessment.sitting), assessment);
    await this.#agree(assessment);
  }

  /** A conflict ends when both have written the same. */
  async #agree({ sitting, fields }: Assessment): Promise<void> {
    for (const draft of this.desk.drafts.of(sitting))
      if (draft.held?.why === 'conflict' && fields.some(({ field, value }) => field === draft.field && value === draft.value)) await this.desk.drafts.drop(sitting, draft.field);
  }

  get sittings(): Sitting[] {
    return this.pack.commissions.flatMap((one) => one.passages);
  }

  find(sitting: string): { commission: Commission; passage: Sitting } | null {
    for (const commission of this.pack.commissions) {
      const passage = commission.passages.find((one) => one.sitting === sitting);
      if (passage) return { commission, passage };
    }
    return null;
  }

  assessment(sitting: string): Assessment {
    const found = this.#kept.get(sitting) ?? this.find(sitting)?.passage.assessment;
    if (!found) throw new Error('no such sitting');
    return found;
  }

  grid({ candidate }: Sitting): Grid | undefined {
    return this.pack.forms.grids.find(({ options }) => options.includes(candidate.option));
  }

  /** What a field shows. */
  shown(sitting: string, field: string): Shown {
    this.#hear();
    const draft = this.desk.drafts.get(sitting, field);
    const kept = this.assessment(sitting).fields.find((one) => one.field === field);
    return { value: draft?.value ?? kept?.value ?? '', draft, kept };
  }

  value(sitting: string, field: string): string {
    return this.shown(sitting, field).value;
  }

  /** Keeps what was typed, and has it sent: at once, or once the person has paused. */
  async type(sitting: string, field: string, value: string, pause = 0): Promise<void> {
    const { draft, kept } = this.shown(sitting, field);
    if (!draft && (kept?.value ?? '') === value) return;
    await this.desk.drafts.put(sitting, field, value, this.assessment(sitting).version, this.#wrong(field, value));
    clearTimeout(this.#soon);
    if (pause === 0) this.desk.sender.wake();
    else this.#soon = setTimeout(() => this.desk.sender.wake(), pause);
  }

  /** What the post itself can say is wrong; it is kept all the same, and not sent. */
  #wrong(field: string, value: string): Held | null {
    if (value.trim() === '') return null;
    if (field === 'mark') {
      const read = parseMark(value);
      return 'fault' in read ? { why: 'refused', code: read.fault, facts: {} } : null;
    }
    if (!field.startsWith('penalty.')) return null;
    const rule = this.pack.forms.penalties.find(({ code }) => field === `penalty.${code}`);
    const points = wholePoints(value);
    if (points === null) return { why: 'refused', code: 'penalty_not_whole_points', facts: {} };
    const { fewest = 0, most = 255 } = rule ?? {};
    return points < fewest || points > most ? { why: 'refused', code: 'penalty_points', facts: { fewest: String(fewest), most: String(most) } } : null;
  }

  /** Both values of each field on which two members differ. */
  conflicts(sitting: string): { field: string; mine: string; theirs: string; by: string }[] {
    this.#hear();
    return this.desk.drafts.of(sitting).flatMap(({ field, value, held }) => {
      if (held?.why !== 'conflict') return [];
      const kept = this.shown(sitting, field).kept;
      return [{ field, mine: value, theirs: kept?.value ?? '', by: kept?.by ?? '' }];
    });
  }

  /** Fields that were refused, and why. */
  refusals(sitting: string): (Draft & { why: string; code: string })[] {
    this.#hear();
    return this.desk.drafts.of(sitting).flatMap((draft) =>
      draft.held?.why === 'refused' ? [{ ...draft, code: draft.held.code, why: refusal({ code: draft.held.code, facts: Object.entries(draft.held.facts).map(([name, value]) => ({ name, value })) }) }] : [],
    );
  }

  /** The person keeps his own value, having seen the other's. */
  async insist(sitting: string, field: string): Promise<void> {
    await this.desk.drafts.insist(sitting, field, this.assessment(sitting).version);
    this.desk.sender.wake();
  }

  async drop(sitting: string, field: string): Promise<void> {
    await this.desk.drafts.drop(sitting, field);
  }

  async again(sitting: string): Promise<void> {
    await this.desk.drafts.retry(sitting);
    this.desk.sender.wake();
  }

  /** Whether everything typed in a sitting has been taken. */
  settled(sitting: string): boolean {
    this.#hear();
    return this.desk.drafts.of(sitting).length === 0;
  }

  /** Waits until what was typed is taken, or cannot be for now. */
  async sent(sitting: string): Promise<boolean> {
    this.desk.sender.wake();
    for (let turn = 0; turn < 50; turn += 1) {
      if (this.settled(sitting) && !this.desk.drafts.writing) return true;
      if (this.desk.drafts.of(sitting).every(({ held }) => held) && !this.desk.drafts.writing) return false;
      if (turn > 2 && this.desk.sender.state !== 'sending' && this.desk.sender.state !== 'ready') return false;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return false;
  }

  /** Where the sending stands, for the status line. */
  get sending() {
    this.#hear();
    const { drafts, sender } = this.desk;
    return { state: sender.state, count: drafts.count, writing: drafts.writing, failed: drafts.failed, savedAt: sender.savedAt, lasting: drafts.vault.lasting, all: drafts.all };
  }

  /** Whether the service is out of reach, as far as this post knows. */
  get offline(): boolean {
    this.#hear();
    return this.fromPost || this.desk.sender.state === 'offline';
  }

  /** What is said of a passage and not taken back: what was recorded, then what this post has said since. */
  said(sitting: string): Said[] {
    this.#hear();
    const recorded = this.#happened.get(sitting) ?? [];
    const drafts = this.desk.drafts.events(sitting);
    const back = drafts.map(({ takesBack }) => takesBack);
    const ours = drafts.filter(({ key, takesBack }) => !takesBack && !recorded.some((one) => one.key === key));
    return [...recorded.filter(({ takenBack }) => !takenBack), ...ours].filter(({ key }) => !back.includes(key));
  }

  /** Now, on the clocks of the centre: by this post's own, except in a rehearsal, which has a time of its own. */
  now(instant: number): { date: string; at: number } {
    return localTime(this.pack.rehearsal ? instant - this.gap : instant, this.pack.zone);
  }

  /** Records a start or a stop at this moment of the centre's, or takes an earlier one back. */
  async record(sitting: string, phase: number, act: Act, at: number, takesBack?: string): Promise<void> {
    this.refused = null;
    await this.desk.drafts.record(sitting, { key: crypto.randomUUID(), phase, act, at: written(this.date, at), ...(takesBack && { takesBack }) });
    this.desk.sender.wake();
  }

  /** What is wrong with this post's clock. */
  clock(instant: number): 'right' | 'off' | 'another_day' {
    if (this.pack.rehearsal) return 'right';
    const here = this.now(instant).date;
    const there = this.now(instant - this.gap).date;
    if (here !== there && (here === this.date) !== (there === this.date)) return 'another_day';
    return Math.abs(this.gap) > CLOSE ? 'off' : 'right';
  }
}
