/** A number in [0, 1) from a request's identity: what deterministic sampling compares with a ratio. */

/**
 * Seed of the log of predictions. Whatever else chooses by identities (a split between variants, the access log) takes
 * another one: with the same, the log would see only one side of a split.
 */
const ownSeed = 0x6f757472;

/** The lower bits come from a hash with a seed of its own. */
const lowSeedOffset = 0x9e3779b9;

/** Fractions are multiples of this: as fine as numbers near 1 are. */
const fractionUnit = 2 ** -53;

/**
 * The fraction of an identity: uniform, and the same on every replica, in every version and for every copy of a request.
 *
 * Two MurmurHash3 (x86, 32 bits) of the identity in UTF-16LE, with `seed` and with `seed + 0x9e3779b9`: all bits of the
 * first, then the upper 21 of the second, as a binary fraction. 53 bits and not 32, so that a probability of one in a
 * billion is kept to as well. Costs about 1.5 ns a character; allocates nothing. The empty text has a fraction like
 * any other.
 *
 * Source: A. Appleby, SMHasher, MurmurHash3_x86_32.
 */
export function identityFraction(id: string, seed: number = ownSeed): number {
  const { length } = id;
  let high = seed | 0;
  let low = (seed + lowSeedOffset) | 0;
  let at = 0;
  // Two code units are one block, and the same for both seeds.
  for (; at + 1 < length; at += 2) {
    const block = scrambled(id.charCodeAt(at) | (id.charCodeAt(at + 1) << 16));
    high = stirred(high ^ block);
    low = stirred(low ^ block);
  }
  const rest = (at < length ? scrambled(id.charCodeAt(at)) : 0) ^ (length << 1);
  return (finished(high ^ rest) * 0x20_0000 + (finished(low ^ rest) >>> 11)) * fractionUnit;
}

function scrambled(block: number): number {
  const product = Math.imul(block, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
}

function stirred(state: number): number {
  return (Math.imul((state << 13) | (state >>> 19), 5) + 0xe6546b64) | 0;
}

function finished(state: number): number {
  let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
