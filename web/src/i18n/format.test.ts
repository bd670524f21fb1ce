import { describe, expect, test } from 'vitest';
import { count, hour, longDate, several, shortDate, size, zone } from './format.ts';

/** Spaces of every width made plain: which one stands where is the reader's eye's business, not the test's. */
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

describe('dates and hours', () => {
  test('a day stays the same day wherever the browser is', () => {
    expect(longDate('2027-05-11')).toBe('mardi 11 mai 2027');
    expect(longDate('2027-04-01')).toBe('jeudi 1er avril 2027');
    expect(shortDate('2027-03-28')).toBe('dim. 28 mars');
  });
  test('an hour has its two digits of minutes', () => {
    expect([0, 485, 970, 1439].map((minutes) => plain(hour(minutes)))).toEqual(['0 h 00', '8 h 05', '16 h 10', '23 h 59']);
  });
  test('a zone is named where it is not that of Paris', () => {
    expect(zone('Europe/Paris')).toBeNull();
    expect(zone('Indian/Reunion')).toBe('heure de La Réunion');
    expect(zone('Antarctica/DumontDUrville')).toBe('heure de DumontDUrville');
  });
});

describe('numbers', () => {
  test('thousands are set apart and the plural begins at two', () => {
    expect(plain(count(2314))).toBe('2 314');
    expect([0, 1, 2].map((number) => plain(several(number, 'candidat')))).toEqual(['0 candidat', '1 candidat', '2 candidats']);
    expect(plain(several(3, 'douteux', 'douteux'))).toBe('3 douteux');
  });
  test('a size is in the unit that a person reads', () => {
    expect([12, 84_200, 1_234_567].map((bytes) => plain(size(bytes)))).toEqual(['12 octets', '84 ko', '1 235 ko']);
  });
});
