import { describe, expect, test } from 'vitest';
import './organisation.ts';
import { refusal } from './refusals.ts';
import { codes, todo } from './todo.ts';

describe('refusals', () => {
  test('a sentence names what the refusal is about', () => {
    const told = refusal({ code: 'outside_ccf_period', facts: [{ name: 'day', value: '2027-06-01' }] });
    expect(told).toMatch(/mardi\s1er\sjuin\s2027/);
  });
  test('a code that is not known is still a sentence, with the code to quote', () => {
    expect(refusal({ code: 'never_heard_of', facts: [] })).toMatch(/never_heard_of.*\.$/);
  });
});

describe('À faire', () => {
  test('every line has its sentence, what follows and a verb, for one and for many', () => {
    expect(codes().length).toBeGreaterThan(0);
    for (const code of codes()) {
      for (const number of [1, 24]) {
        const { title, next, act } = todo(code, number);
        for (const sentence of [title, next]) expect(sentence, code).toMatch(/^[A-ZÀÉ0-9].*\.$/);
        expect(act, code).not.toBe('');
      }
    }
  });
});
