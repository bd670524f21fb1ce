// The day as it happens, without network: the same decisions as crates/domain/src/exam_day.rs, proved by the vectors of
// tests/data/vectors/exam_day.json that both read.
import { DAY, type Moment } from './local.ts';

export type Act = 'START' | 'STOP';
export type CoursePhase = { commission: boolean; environment: boolean; margin: number };
/** Minutes after midnight. */
export type PlannedPhase = { start: number; end: number };
export type PhaseEvent = { phase: number; act: Act; at: Moment };

export type Held = { begun: Moment | null; ended: Moment | null };

/** One candidate's way through the course. */
export class Passage {
  readonly held: Held[];

  constructor(
    readonly course: readonly CoursePhase[],
    readonly planned: readonly PlannedPhase[],
    readonly environment: number | null,
  ) {
    this.held = Array.from({ length: Math.min(planned.length, course.length) }, () => ({ begun: null, ended: null }));
  }

  /** Records an event; gives back the code of the refusal, the passage staying as it was. */
  record({ phase, act, at }: PhaseEvent): string | null {
    const held = this.held[phase];
    if (!held) return 'phase_unknown';
    if (at < 0 || at >= DAY) return 'phase_another_day';
    const passed = this.held.slice(phase + 1).some(({ begun }) => begun !== null);
    if (act === 'START') {
      if (held.begun !== null) return 'phase_begun';
      if (passed) return 'phase_over';
    } else {
      if (held.begun === null) return 'phase_not_begun';
      if (held.ended !== null) return 'phase_over';
    }
    const last = this.last;
    if (last !== null && at < last) return 'phase_earlier_than_the_last';
    if (act === 'START') {
      // Starting a phase ends the one under way: nobody has to press twice.
      for (const one of this.held) if (one.begun !== null && one.ended === null) one.ended = at;
      held.begun = at;
    } else {
      held.ended = at;
    }
    return null;
  }

  /** The phase under way. */
  get underWay(): number | null {
    const place = this.held.findIndex(({ begun, ended }) => begun !== null && ended === null);
    return place === -1 ? null : place;
  }

  /** The next phase that can be started: what comes after the last that was. */
  get next(): number | null {
    const next = this.held.findLastIndex(({ begun }) => begun !== null) + 1;
    return next < this.held.length ? next : null;
  }

  get last(): Moment | null {
    const all = this.held.flatMap(({ begun, ended }) => [begun, ended]).filter((one) => one !== null);
    return all.length > 0 ? Math.max(...all) : null;
  }

  /** Seconds owed in a phase. */
  owed(phase: number): number {
    const planned = this.planned[phase];
    return planned ? Math.max(0, planned.end - planned.start) * 60 : 0;
  }
}

export type Stands = 'over' | 'under_way' | 'ahead' | 'assumed' | 'not_recorded';
/** A phase as it was, is, or is to be expected; `due` is when its candidate has had the time that he is owed. */
export type Expected = { start: Moment; due: Moment; end: Moment; stands: Stands };

/** When each phase of each passage of one commission is to be expected, as things stand. */
export function forecast(passages: readonly Passage[], now: Moment): Expected[][] {
  const expected: Expected[][] = passages.map(() => []);
  let commission = -Infinity;
  const environments = new Map<number, Moment>();
  const hold = (environment: number, until: Moment): void => void environments.set(environment, Math.max(environments.get(environment) ?? -Infinity, until));
  // What has begun holds the commission and the environments, whatever its planned hour was.
  for (const one of passages) {
    for (const [place, { begun, ended }] of one.held.entries()) {
      const phase = one.course[place];
      if (begun === null || !phase) continue;
      const end = ended ?? Math.max(begun + one.owed(place), now);
      if (phase.commission) commission = Math.max(commission, end);
      if (phase.environment && one.environment !== null) hold(one.environment, end + phase.margin * 60);
    }
  }
  const order = passages
    .flatMap((one, who) => one.planned.slice(0, one.held.length).map(({ start }, place) => ({ planned: start * 60, who, place })))
    .sort((one, other) => one.planned - other.planned || one.place - other.place || one.who - other.who);
  for (const { planned, who, place } of order) {
    const one = passages[who];
    const phase = one?.course[place];
    const held = one?.held[place];
    if (!one || !phase || !held) continue;
    expected[who]?.push(foreseen(one, phase, held, planned, place, expected[who] ?? []));
  }
  return expected;

  function foreseen(one: Passage, phase: CoursePhase, { begun, ended }: Held, planned: Moment, place: number, before: Expected[]): Expected {
    const owed = one.owed(place);
    if (begun !== null) {
      const due = begun + owed;
      return ended === null ? { start: begun, due, end: Math.max(due, now), stands: 'under_way' } : { start: begun, due, end: ended, stands: 'over' };
    }
    if (one.held.slice(place + 1).some((later) => later.begun !== null)) return { start: planned, due: planned + owed, end: planned + owed, stands: 'not_recorded' };
    const environment = phase.environment ? one.environment : null;
    const start = Math.max(
      planned,
      phase.commission ? now : -Infinity,
      before.at(-1)?.end ?? -Infinity,
      phase.commission ? commission : -Infinity,
      environment === null ? -Infinity : (environments.get(environment) ?? -Infinity),
    );
    const end = start + owed;
    if (phase.commission) commission = end;
    if (environment !== null) environments.set(environment, end + phase.margin * 60);
    return { start, due: end, end, stands: start < now ? 'assumed' : 'ahead' };
  }
}
