import { expect, test } from 'vitest';
import { lines, type Dates } from './dates.ts';
import { milestones } from './milestones.ts';
import { read, written } from './periods.ts';

const DATES: Dates = {
  deposit: '2027-03-19', ccfFirst: '2027-03-22', ccfLast: '2027-05-07', ccfCutOff: '2027-05-12', ponctuellePeriods: [['2027-05-10', '2027-05-11'], ['2027-05-13']],
  transmission: '2027-05-28', harmonisation: '2027-06-10', deliberation: '2027-06-22', results: null,
};
const NONE: Dates = { deposit: null, ccfFirst: null, ccfLast: null, ccfCutOff: null, ponctuellePeriods: [], transmission: null, harmonisation: null, deliberation: null, results: null };

test('periods are read as they are written', () => {
  expect(written(DATES.ponctuellePeriods)).toBe('10/05/2027, 11/05/2027\n13/05/2027');
  expect(read(written(DATES.ponctuellePeriods))).toEqual({ periods: DATES.ponctuellePeriods, fault: null });
  expect(read(' 1/5/2027 ;02/05/2027\n\n')).toEqual({ periods: [['2027-05-01', '2027-05-02']], fault: null });
});

test('a day that does not exist is told with its line', () => {
  for (const wrong of ['31/02/2027', '2027-05-10', '10 mai', '00/00/0000']) {
    const { periods, fault } = read(`10/05/2027\n${wrong}`);
    expect(periods).toEqual([]);
    expect(fault).toMatch(/^Ligne 2\s: «/);
  }
});

test('the dates of a session are told in their order, the undated ones not', () => {
  const labels = lines(DATES).map(({ label }) => label);
  expect(labels).toHaveLength(9);
  expect(labels.indexOf('Forme ponctuelle, période 1')).toBeLessThan(labels.indexOf('Transmission au jury'));
  expect(labels).not.toContain('Résultats');
  expect(lines(NONE)).toEqual([]);
  expect(lines({ ...NONE, ponctuellePeriods: [['2027-05-10']] })).toEqual([{ label: 'Forme ponctuelle, période 1', days: ['2027-05-10'] }]);
});

test('the first step that is not over is where we are', () => {
  const places = (today: string) => milestones(DATES, today).map(({ place }) => place);
  expect(places('2026-11-25')[0]).toBe('now');
  expect(places('2027-05-07').slice(0, 3)).toEqual(['done', 'now', 'later']);
  expect(new Set(places('2028-01-01'))).toEqual(new Set(['done']));
});
