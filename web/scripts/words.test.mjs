import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import '../src/i18n/exam.ts';
import '../src/i18n/organisation.ts';
import '../src/i18n/visas.ts';
import { codes as refusals, refusal, sentence } from '../src/i18n/refusals.ts';
import { codes as todos, todo } from '../src/i18n/todo.ts';
import '../src/i18n/transmission.ts';
import { tie } from './typography.mjs';

/** What only the command line meets: `init`, `session set`, `plan export`, `bounce`. It has its own sentences. */
const COMMAND_LINE = ['session_code', 'session_exists', 'not_writable', 'unknown_session', 'bounce_unread', 'bounce_too_large', 'bounce_unknown'];

/** Every code that the commands name, read in their sources. */
function named() {
  const folder = new URL('../../crates/application/src/', import.meta.url);
  const found = new Set();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.rs') || name.includes('test')) continue;
    const source = readFileSync(new URL(name, folder), 'utf8');
    for (const [, code] of source.matchAll(/Refusal::(?:new|of|with)\(\s*"([a-z_]+)"/g)) found.add(code);
  }
  return found;
}

test('each refusal of the commands has its sentence', () => {
  const missing = [...named()].filter((code) => !COMMAND_LINE.includes(code) && sentence(code, {}) === null);
  expect(missing).toEqual([]);
});

test('a sentence holds no hole when its facts are there', () => {
  const facts = { day: '2027-05-11', least: '2', most: '3', option: 'SISR', name: 'Anne-Élisabeth de Châteauvieux-Montmorency', count: '2', what: 'L’environnement 1', commission: '3', rule: 'même établissement', sentence: 'Absence injustifiée : aucune autre date.', seconds: '90' };
  for (const code of [...refusals(), 'a_code_of_tomorrow']) {
    const text = refusal({ code, facts: Object.entries(facts).map(([name, value]) => ({ name, value })) });
    expect(text, code).toMatch(/[.!]$/);
    expect(text, code).not.toMatch(/undefined|NaN|null|\s{2}/);
  }
});

test('each line of « À faire » agrees with its number', () => {
  for (const code of [...todos(), 'a_code_of_tomorrow']) {
    for (const number of [0, 1, 2314]) {
      const words = todo(code, number);
      expect(words.title, code).toMatch(/\.$/);
      expect(words.act, code).not.toBe('');
    }
  }
});

test('a mark that takes a space never begins a line', () => {
  expect(tie('Un empêchement ? « Oui » : prévenez ; vite !')).toBe('Un empêchement\u00a0? «\u00a0Oui\u00a0»\u00a0: prévenez\u00a0; vite\u00a0!');
  expect(tie('10:30, a;b, http://x')).toBe('10:30, a;b, http://x');
});
