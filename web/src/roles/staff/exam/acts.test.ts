import { expect, test } from 'vitest';
import { replayed } from './acts.ts';
import type { ExamDay, Said, Sitting } from './day.svelte.ts';

const course = ['T', 'E1', 'R'].map((code) => ({ code, commission: code === 'E1', candidate: true, environment: false, margin: 0 }));
const sitting = { sitting: 's1', phases: [0, 1, 2].map((place) => ({ start: 480 + place * 30, end: 510 + place * 30 })), environment: 1 } as unknown as Sitting;
const said = (key: string, phase: number, time: string): Said => ({ key, phase, act: 'START', at: `2027-05-21T${time}:00` });
const of = (all: Said[]): ReturnType<typeof replayed> => replayed({ date: '2027-05-21', pack: { course }, said: () => all } as unknown as ExamDay, sitting);

test('what stands is what the course allows, in its order', () => {
  const { passage, said: stand } = of([said('a', 0, '08:00'), said('b', 1, '08:30'), said('c', 1, '08:31'), said('d', 2, '08:20')]);
  // Another member began the same interview first, and the clock of a post was late.
  expect(stand.map(({ key }) => key)).toEqual(['a', 'b']);
  expect([passage.underWay, passage.next]).toEqual([1, 2]);
});

test('once the last is taken back, what was before it goes on', () => {
  const { passage, said: stand } = of([said('a', 0, '08:00')]);
  expect(stand.at(-1)?.key).toBe('a');
  expect([passage.underWay, passage.next]).toEqual([0, 1]);
});
