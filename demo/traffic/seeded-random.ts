/** Random numbers that repeat: the same seed gives the same numbers on every machine, so a run can be repeated. */

/** A stream of numbers from 0 (included) to 1 (excluded), about 32 bits fine. */
export type RandomNumber = () => number;

/**
 * Starts a stream of pseudo-random numbers (mulberry32: 32 bits of state, period 2^32) from a seed. Good enough to
 * choose rows and delays; never for anything secret.
 */
export function seededRandom(seed: number): RandomNumber {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from 0 to `count - 1`, each equally likely. */
export function randomIndex(random: RandomNumber, count: number): number {
  return Math.floor(random() * count);
}

/** Time to the next arrival of a Poisson process, in the unit of `mean`: independent clients that do not wait for each other. */
export function exponentialDelay(random: RandomNumber, mean: number): number {
  return -Math.log(1 - random()) * mean;
}

/** A log-normal draw: half lie below `median`; `spread` is the standard deviation of the logarithm (0 gives `median`). */
export function logNormal(random: RandomNumber, median: number, spread: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return median * Math.exp(spread * normal);
}

/** One of the given choices, each with the chance that its weight has in the sum of all weights. At least one is needed. */
export function weightedChoice<T>(random: RandomNumber, choices: readonly (readonly [T, number])[]): T {
  const total = choices.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random() * total;
  for (const [choice, weight] of choices) {
    left -= weight;
    if (left < 0) {
      return choice;
    }
  }
  const last = choices.at(-1);
  if (last === undefined) {
    throw new Error("weightedChoice needs at least one choice");
  }
  return last[0];
}
