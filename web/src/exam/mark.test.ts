import { expect, test } from 'vitest';
import vectors from '../../../tests/data/vectors/marks.json';
import { finalise, parseMark, penaltiesRefused, sentenceOf, wholePoints, type Explanation, type PenaltyRule } from './mark.ts';

type Vectors = {
  rules: PenaltyRule[];
  marks: [string, number | string, number | null][];
  finals: [number, [string, number, string][], string[], Explanation | null][];
};
const { rules, marks, finals } = vectors as unknown as Vectors;

test('marks and points are read as the service reads them', () => {
  expect(marks.length).toBeGreaterThan(100);
  for (const [text, read, points] of marks) {
    const found = parseMark(text);
    expect('fault' in found ? found.fault : found.quarters, JSON.stringify(text)).toBe(read);
    expect(wholePoints(text), JSON.stringify(text)).toBe(points);
  }
});

test('a mark becomes final as the service makes it final', () => {
  expect(finals.length).toBeGreaterThan(100);
  for (const [quarters, given, refused, end] of finals) {
    const penalties = given.map(([code, points, reason]) => ({ code, points, reason }));
    expect(penaltiesRefused(penalties, rules).map(({ code }) => code)).toEqual(refused);
    const found = finalise({ quarters }, penalties, rules);
    if (end === null) expect('code' in found && found.code).toBe(refused[0]);
    else expect(found).toEqual(end);
  }
});

// The build ties the spaces of French marks, here too.
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

test('the final mark is explained in a sentence', () => {
  const say = (quarters: number, ...penalties: [string, number][]) => {
    const found = finalise({ quarters }, penalties.map(([code, points]) => ({ code, points, reason: 'x' })), rules);
    return plain('code' in found ? found.code : sentenceOf(found));
  };
  expect(say(54, ['one', 10])).toBe(plain('13,5 → 14 au point supérieur ; pénalité 10 → 4.'));
  expect(say(54)).toBe(plain('13,5 → 14 au point supérieur ; aucune pénalité.'));
  expect(say(56)).toBe(plain('14, sans pénalité.'));
  expect(say(37, ['environment', 3], ['one', 10])).toBe(plain('9,25 → 10 au point supérieur ; pénalités 10 + 3 → 0 : une note ne descend pas au-dessous de 0.'));
});
