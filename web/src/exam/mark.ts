// Marks and penalties, without network: the same decisions as crates/domain/src/marks.rs, proved by the vectors of
// tests/data/vectors/marks.json that both read. Nothing here computes a mark from levels.

const ASCII = /^[0-9]+$/;
/** White space as Rust's `trim` knows it: a mark may be pasted from anywhere. */
const SPACE = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const trim = (text: string): string => text.replace(new RegExp(`^${SPACE}`), '').replace(new RegExp(`${SPACE}$`), '');

export type Fault = { fault: string };
/** A mark in quarter points, 0 to 80. */
export type Mark = { quarters: number };

/** Reads `12`, `12,5`, `12.5`, `12,25`. */
export function parseMark(typed: string): Mark | Fault {
  const text = trim(typed);
  if (text === '') return { fault: 'mark_empty' };
  const cut = text.search(/[,.]/);
  const whole = cut === -1 ? text : text.slice(0, cut);
  const fraction = cut === -1 ? '' : text.slice(cut + 1);
  if ((cut !== -1 && !ASCII.test(fraction)) || !ASCII.test(whole)) return { fault: 'mark_unreadable' };
  const quarter = { '': 0, '25': 1, '5': 2, '75': 3 }[fraction.replace(/0+$/, '')];
  if (quarter === undefined) return { fault: 'mark_not_a_quarter' };
  const quarters = Number(whole) * 4 + quarter;
  return quarters > 80 ? { fault: 'mark_above_twenty' } : { quarters };
}

/** Reads the points of a penalty: a whole number, a fraction being refused even when it is zero (`10,0`). */
export function wholePoints(typed: string): number | null {
  const text = trim(typed);
  const points = ASCII.test(text) ? Number(text) : 256;
  return points > 255 ? null : points;
}

export type PenaltyRule = { code: string; label: string; fewest: number; most: number; needsReason: boolean; excludes: readonly string[] };
export type Penalty = { code: string; points: number; reason: string };
/** Why a penalty cannot be applied as asked. */
export type PenaltyFault = { code: string; penalty: string; other?: string; fewest?: number; most?: number };

/** What is wrong with penalties, one fault a penalty at most, in their order. */
export function penaltiesRefused(penalties: readonly Penalty[], rules: readonly PenaltyRule[]): PenaltyFault[] {
  return penalties.flatMap((penalty, place) => check(penalty, penalties.slice(0, place), rules) ?? []);
}

function check({ code, points, reason }: Penalty, earlier: readonly Penalty[], rules: readonly PenaltyRule[]): PenaltyFault | null {
  const named = (one: string): PenaltyRule | undefined => rules.find((rule) => rule.code === one);
  const rule = named(code);
  if (!rule) return { code: 'penalty_unknown', penalty: code };
  const { fewest, most } = rule;
  if (points < fewest || points > most) return { code: 'penalty_points', penalty: code, fewest, most };
  if (rule.needsReason && trim(reason) === '') return { code: 'penalty_reason_missing', penalty: code };
  for (const other of earlier) {
    if (other.code === code) return { code: 'penalty_twice', penalty: code };
    // An exclusion holds both ways, whichever of the two lines of the regulation says it.
    if (rule.excludes.includes(other.code) || named(other.code)?.excludes.includes(code)) return { code: 'penalty_excluded', penalty: code, other: other.code };
  }
  return null;
}

/** Every step from a proposal to the final mark, and nothing that did not happen. */
export type Explanation = { quarters: number; rounded: number | null; penalties: { code: string; points: number }[]; total: number; floored: boolean; value: number };

/** The final mark of a proposal and its penalties, or the first fault: rounded up, then penalised, never below 0. */
export function finalise({ quarters }: Mark, penalties: readonly Penalty[], rules: readonly PenaltyRule[]): Explanation | PenaltyFault {
  const [fault] = penaltiesRefused(penalties, rules);
  if (fault) return fault;
  const rounded = Math.ceil(quarters / 4);
  const total = penalties.reduce((sum, { points }) => sum + points, 0);
  const rank = ({ code }: { code: string }): number => rules.findIndex((rule) => rule.code === code);
  return {
    quarters,
    rounded: quarters === rounded * 4 ? null : rounded,
    penalties: penalties.map(({ code, points }) => ({ code, points })).sort((one, other) => rank(one) - rank(other)),
    total,
    floored: total > rounded,
    value: Math.max(0, rounded - total),
  };
}

/** 54 quarters → « 13,5 ». */
export function markText(quarters: number): string {
  return `${Math.floor(quarters / 4)}${['', ',25', ',5', ',75'][quarters % 4] ?? ''}`;
}

/** « 13,5 → 14 au point supérieur ; pénalité 10 → 4 ». */
export function sentenceOf({ quarters, rounded, penalties, floored, value }: Explanation): string {
  const proposed = markText(quarters);
  if (penalties.length === 0) return rounded === null ? `${proposed}, sans pénalité.` : `${proposed} → ${rounded} au point supérieur ; aucune pénalité.`;
  const begun = rounded === null ? proposed : `${proposed} → ${rounded} au point supérieur`;
  const taken = penalties.map(({ points }) => String(points)).join(' + ');
  return `${begun} ; ${penalties.length > 1 ? 'pénalités' : 'pénalité'} ${taken} → ${value}${floored ? ' : une note ne descend pas au-dessous de 0' : ''}.`;
}
