import { expect, test } from 'vitest';
import vectors from '../../../tests/data/vectors/exam_day.json';
import { forecast, Passage, type Act, type CoursePhase } from './clock.ts';
import { localTime, moment, written } from './local.ts';

type Case = {
  now: number;
  passages: [number | null, [number, number][]][];
  events: [number, number, Act, number, string | null][];
  stand: [number | null, number | null][];
  forecast: [number, number, number, string][][];
};
const { course, cases } = vectors as unknown as { course: CoursePhase[]; cases: Case[] };

test('the day is forecast as the service forecasts it', () => {
  expect(cases.length).toBeGreaterThan(100);
  for (const [number, one] of cases.entries()) {
    const all = one.passages.map(([environment, phases]) => new Passage(course, phases.map(([start, end]) => ({ start, end })), environment));
    for (const [who, phase, act, at, refused] of one.events) expect(all[who]?.record({ phase, act, at }), `case ${number}`).toBe(refused);
    expect(all.map((passage) => [passage.underWay, passage.next]), `case ${number}`).toEqual(one.stand);
    const found = forecast(all, one.now).map((passage) => passage.map(({ start, due, end, stands }) => [start, due, end, stands]));
    expect(found, `case ${number}`).toEqual(one.forecast);
  }
});

test('hours are those of the centre, wherever the post is', () => {
  const instant = Date.parse('2027-05-21T06:20:30Z');
  expect(localTime(instant, 'Indian/Reunion')).toEqual({ date: '2027-05-21', at: 10 * 3600 + 20 * 60 + 30 });
  expect(localTime(instant, 'Europe/Paris')).toEqual({ date: '2027-05-21', at: 8 * 3600 + 20 * 60 + 30 });
  expect(localTime(instant, 'Pacific/Tahiti')).toEqual({ date: '2027-05-20', at: 20 * 3600 + 20 * 60 + 30 });
});

test('a local hour is written and read back, on whatever day', () => {
  expect(written('2027-05-21', 37_230)).toBe('2027-05-21T10:20:30');
  expect(moment('2027-05-21T10:20:30', '2027-05-21')).toBe(37_230);
  expect(moment('2027-05-20T23:59:59.123', '2027-05-21')).toBe(-1);
});
