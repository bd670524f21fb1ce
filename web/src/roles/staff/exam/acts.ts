// What can be started or ended next, and what it moves: pure, so that the day page only shows it.
import { forecast, Passage, type Act, type Expected } from '../../../exam/clock.ts';
import { moment } from '../../../exam/local.ts';
import type { ExamDay, Said, Sitting } from './day.svelte.ts';

type Phase = { code: string; candidate: boolean; commission: boolean };

/** An act that the page offers: « Démarrer E1 », « Fin E1, début R », « Fin E2 ». */
export type Offered = { phase: number; act: Act; label: string; /** The phase that it ends, where it ends one. */ ends: number | null; /** When it is expected. */ due: number };

/** A passage as it stands, and the gestures that made it: what the course does not allow stands nowhere. */
export function replayed(day: ExamDay, { sitting, phases, environment }: Sitting): { passage: Passage; said: Said[] } {
  const passage = new Passage(day.pack.course, phases, environment);
  const said = day.said(sitting).filter(({ phase, act, at }) => passage.record({ phase, act, at: moment(at, day.date) }) === null);
  return { passage, said };
}

/** The next act of a passage, or null once nothing is left of it. */
export function offered(course: readonly Phase[], passage: Passage, expected: readonly Expected[]): Offered | null {
  const { underWay, next } = passage;
  const following = next === null ? undefined : course[next];
  if (underWay !== null) {
    const current = course[underWay];
    const due = expected[underWay]?.due ?? 0;
    // The candidate goes on to his next phase; what the commission does without him is begun on its own.
    if (next !== null && following?.candidate) {
      const label = current?.commission ? `Fin ${current.code}, début ${following.code}` : `Démarrer ${following.code}`;
      return { phase: next, act: 'START', label, ends: underWay, due: Math.max(due, expected[next]?.start ?? 0) };
    }
    return { phase: underWay, act: 'STOP', label: `Fin ${current?.code ?? ''}`, ends: underWay, due };
  }
  if (next === null || !following) return null;
  return { phase: next, act: 'START', label: `Démarrer ${following.code}`, ends: null, due: expected[next]?.start ?? 0 };
}

/** The same passages once one of them has done something at a moment. */
export function supposing(passages: readonly Passage[], who: number, { phase, act }: Offered, at: number): Passage[] {
  return passages.map((one, place) => {
    if (place !== who) return one;
    const copy = new Passage(one.course, one.planned, one.environment);
    one.held.forEach(({ begun, ended }, i) => Object.assign(copy.held[i] ?? {}, { begun, ended }));
    copy.record({ phase, act, at });
    return copy;
  });
}

/** What is ahead and no longer at its planned hour, in the order of the day. */
export function shifted(passages: readonly Passage[], now: number): { who: number; phase: number; planned: number; expected: number }[] {
  return forecast(passages, now)
    .flatMap((one, who) =>
      one.flatMap(({ start, stands }, phase) => {
        const planned = (passages[who]?.planned[phase]?.start ?? 0) * 60;
        return stands === 'ahead' && start - planned >= 60 ? [{ who, phase, planned, expected: start }] : [];
      }),
    )
    .sort((one, other) => one.expected - other.expected);
}
