// What a relay may do to a mail, by the phase of the conversation in which it does it.

export const FAULTS = {
  'greeting-421': { phase: 'greeting', code: 421, text: 'Too many connections' },
  'silent-greeting': { phase: 'greeting' },
  'slow-greeting': { phase: 'greeting' },
  'garbage-greeting': { phase: 'greeting' },
  'mail-421': { phase: 'mail', code: 421, text: 'Closing, too much mail' },
  'recipient-450': { phase: 'recipient', code: 450, text: 'Greylisted, try again later' },
  'recipient-550': { phase: 'recipient', code: 550, text: 'No such mailbox' },
  'cut-data': { phase: 'data' },
  'data-451': { phase: 'dot', code: 451, text: 'Local error in processing' },
  'data-452': { phase: 'dot', code: 452, text: 'Insufficient system storage' },
  'data-552': { phase: 'dot', code: 552, text: 'Message exceeds the size limit' },
  'data-554': { phase: 'dot', code: 554, text: 'Transaction failed' },
  'cut-after-dot': { phase: 'dot' },
  'silent-after-dot': { phase: 'dot' },
  'garbage-after-dot': { phase: 'dot' },
  'slow-after-dot': { phase: 'dot' },
};

/**
 * The hostile mix of the crash test: the share of conversations that each fault strikes. Silence and slowness cost the
 * sender a whole limit of time, so that theirs are small.
 */
export const HOSTILE = {
  'greeting-421': 0.01,
  'silent-greeting': 0.005,
  'slow-greeting': 0.005,
  'garbage-greeting': 0.005,
  'mail-421': 0.005,
  'recipient-450': 0.02,
  'cut-data': 0.005,
  'data-451': 0.01,
  'data-554': 0.001,
  'cut-after-dot': 0.005,
  'silent-after-dot': 0.001,
  'garbage-after-dot': 0.001,
  'slow-after-dot': 0.001,
};

/** The share of the addresses that the hostile relay refuses for good. */
export const REFUSED = 0.005;

/** Whether an address is among those that are refused for good: always the same ones, whoever asks (FNV-1a). */
export function isRefused(address, share) {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(address.toLowerCase())) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  // The last bytes of an address differ little: mixed once more (murmur3's finalizer).
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> 0;
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296 < share;
}

/** A seeded source of numbers in [0, 1): the same seed gives the same faults in the same order (mulberry32). */
export function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The fault of `mix` that strikes at `phase`, or null; one roll a phase, whatever the mix holds. */
export function draw(mix, phase, roll) {
  let number = roll();
  for (const [name, share] of Object.entries(mix)) {
    if (FAULTS[name].phase !== phase) continue;
    if (number < share) return name;
    number -= share;
  }
  return null;
}
