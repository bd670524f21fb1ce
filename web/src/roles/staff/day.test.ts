import { expect, test } from 'vitest';
import { cause, kindName, lineState, rule } from './day.ts';

test('a line says the phase under way, and what an absence entails', () => {
  expect(lineState({ state: 'UNDER_WAY', phase: 'Réalisation', absence: null }).label).toBe('Réalisation');
  expect(lineState({ state: 'ABSENT', phase: null, absence: { consequence: 'ABSENT' } }).label).toBe('AB');
  expect(lineState({ state: 'ABSENT', phase: null, absence: { consequence: 'NEW_DATE' } }).label).toBe('Absent');
  expect(lineState({ state: 'ABSENT', phase: null, absence: { consequence: 'ZERO_DIPLOMA_POSSIBLE' } }).label).toBe('Force majeure');
  expect(lineState({ state: 'AHEAD', phase: null, absence: null }).label).toBe('À venir');
});

test('codes have words', () => {
  expect(cause('centre_closed')).toBe('centre fermé');
  expect(rule('day_full')).toBe('journée complète');
  expect(kindName('REPEATED')).toBe('Réitérée');
});
