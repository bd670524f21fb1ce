import { expect, test } from 'vitest';
import { milestones } from './milestones.ts';
import { read, written } from './periods.ts';

const PERIODS = [['2027-05-10', '2027-05-11'], ['2027-05-13']];

test('periods read back as they were written', () => {
  expect(written(PERIODS)).toBe('10/05/2027, 11/05/2027\n13/05/2027');
  expect(read(written(PERIODS))).toEqual({ periods: PERIODS, fault: null });
});

test('separators are as people type them, and blank lines are nothing', () => {
  expect(read('10/5/2027 ; 11/05/2027\n\n 13/05/2027 \n')).toEqual({ periods: PERIODS, fault: null });
});

test('what is no date is given back with its line', () => {
  for (const typed of ['31/02/2027', '2027-05-10', 'lundi']) expect(read(`10/05/2027\n${typed}`).fault, typed).toMatch(/^Ligne 2\s: «\s.*\s» n’est pas une date\./);
});

test('the first step that is not over is where the session is', () => {
  const dates = { deposit: '2027-03-05', ccfFirst: '2027-03-22', ccfLast: '2027-04-30', ponctuellePeriods: PERIODS, transmission: null, harmonisation: null, deliberation: '2027-06-28', results: null };
  const places = (today: string) => milestones(dates, today).map(({ place }) => place);
  expect(places('2027-03-05')).toEqual(['now', 'later', 'later', 'later']);
  expect(places('2027-05-11')).toEqual(['done', 'done', 'now', 'later']);
  expect(places('2027-07-01')).toEqual(['done', 'done', 'done', 'done']);
});
