import { expect, test } from 'vitest';
import { cause } from './causes.ts';

test('a cause says what failed and keeps the relay’s own words', () => {
  expect(cause('RCPT: 550 5.1.1 unknown user')).toBe('Le relais refuse cette adresse (« 550 5.1.1 unknown user »).');
  expect(cause('certificate: invalid peer certificate: UnknownIssuer')).toBe('Le certificat du relais de courriel n’est pas reconnu : rien n’est parti, prévenez l’administrateur.');
  expect(cause('dot: no answer in time')).toBe('Le relais n’a pas confirmé : le message est peut-être parti.');
});

test('what came too late says so beside its cause', () => {
  expect(cause('too late for another try: connection: 421 closing')).toBe('Le relais de courriel ne répond pas (« 421 closing »). Il n’est plus temps d’un autre essai.');
});

test('somebody without an address is told what to do', () => {
  expect(cause('no_address')).toMatch(/imprimé.*puis renvoyez\.$/);
});

test('what has no words of ours is told as it stands', () => {
  expect(cause('451 greylisted')).toBe('451 greylisted');
});
