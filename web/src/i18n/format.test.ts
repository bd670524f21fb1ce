import { expect, test } from 'vitest';
import { capital, count, hour, longDate, numericDate, several, shortDate, size, zone } from './format.ts';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

test('a day is written in full, the number tied to its month', () => {
  expect(longDate('2027-05-11')).toBe('mardi 11\u00a0mai 2027');
  expect(plain(shortDate('2027-05-11'))).toBe('mar. 11 mai');
});

test('the first of a month is « 1er »', () => {
  expect(plain(longDate('2027-04-01'))).toBe('jeudi 1er avril 2027');
  expect(plain(shortDate('2027-05-01'))).toBe('sam. 1er mai');
});

test('a date has no zone: no post moves it', () => {
  expect(plain(longDate('2027-01-01'))).toContain('1er janvier');
  expect(plain(longDate('2027-12-31'))).toContain('31 décembre');
});

test('minutes after midnight are an hour', () => {
  expect(plain(hour(485))).toBe('8 h 05');
  expect(plain(hour(0))).toBe('0 h 00');
});

test('numbers, plurals and sizes are French', () => {
  expect(plain(count(2314))).toBe('2 314');
  expect(plain(several(1, 'candidat'))).toBe('1 candidat');
  expect(plain(several(0, 'candidat'))).toBe('0 candidat');
  expect(plain(several(2, 'douteux', 'douteux'))).toBe('2 douteux');
  expect(plain(size(84_400))).toBe('84 ko');
});

test('a form takes the date as people type it', () => {
  expect(numericDate('2027-05-11')).toBe('11/05/2027');
});

test('an accented letter is put in capitals too', () => {
  expect(capital('établissement')).toBe('Établissement');
});

test('only a zone that is not that of Paris is said', () => {
  expect(zone('Europe/Paris')).toBeNull();
  expect(plain(zone('Indian/Reunion') ?? '')).toBe('heure de La Réunion');
});
