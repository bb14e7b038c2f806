import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RateCap } from "../../../src/prediction-log/sampler/rate-cap.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";

interface Second {
  readonly arrivals: number;
  /** How many were kept, and the sum of their amounts. */
  readonly kept: number;
  readonly spent: number;
  /** Sum of amount / probability over what was kept, of the amounts of all, and the variance of the first. */
  readonly estimate: number;
  readonly truth: number;
  readonly variance: number;
  readonly minProbability: number;
}

/** Sends so many arrivals a second through a cap. */
function sent(cap: RateCap, counts: readonly number[], random: () => number, amountOf = (): number => 1): Second[] {
  return counts.map((arrivals, second) => {
    const sums = { kept: 0, spent: 0, estimate: 0, truth: 0, variance: 0, minProbability: 1 };
    for (let index = 0; index < arrivals; index++) {
      const nowMs = second * 1000 + (index * 1000) / arrivals;
      const amount = amountOf();
      const probability = cap.probability(nowMs);
      sums.truth += amount;
      sums.variance += (amount * amount * (1 - probability)) / probability;
      sums.minProbability = Math.min(sums.minProbability, probability);
      if (random() >= probability) continue;
      cap.spend(amount, probability, nowMs);
      sums.kept++;
      sums.spent += amount;
      sums.estimate += amount / probability;
    }
    return { arrivals, ...sums };
  });
}

const total = (seconds: readonly Second[], key: keyof Second): number =>
  seconds.reduce((sum, second) => sum + second[key], 0);

const repeated = (times: number, value: number): number[] => Array.from({ length: times }, () => value);

const shapes: readonly (readonly [string, readonly number[]])[] = [
  ["steady traffic above the rate", repeated(20, 200)],
  ["a burst of a hundred times as much", [...repeated(5, 20), ...repeated(3, 2000), ...repeated(5, 20)]],
  ["a burst out of nothing", [0, 0, 5000, 0, 0]],
  ["traffic that grows", Array.from({ length: 20 }, (_, second) => 5 * second * second)],
];

const amounts: readonly (readonly [string, number, (random: () => number) => () => number])[] = [
  ["counts", 10, () => () => 1],
  ["counts at one a second", 1, () => () => 1],
  ["bytes", 20_000, (random) => () => 200 + Math.floor(random() ** 4 * 20_000)],
];

describe.each(amounts)("a rate of %s", (_, perSecond, amountsFrom) => {
  it.each(shapes)("loses nothing on average in %s", (_, counts) => {
    const runs = Array.from({ length: 500 }, (_, seed) => {
      const random = seededRandom(seed);
      return sent(new RateCap(perSecond), counts, random, amountsFrom(random));
    }).flat();
    const sigma = Math.sqrt(total(runs, "variance"));
    expect(sigma / total(runs, "truth")).toBeLessThan(0.06);
    expect(Math.abs(total(runs, "estimate") - total(runs, "truth"))).toBeLessThan(5 * sigma);
  });
});

describe("a rate", () => {
  it("keeps every arrival below the rate, with probability 1", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }).chain(countsUpTo), ({ perSecond, counts }) => {
        const seconds = sent(new RateCap(perSecond), counts, () => 0.999_999);
        expect(seconds.map(({ kept }) => kept)).toEqual(counts);
        expect(new Set(seconds.map(({ minProbability }) => minProbability))).toEqual(new Set([1]));
      }),
    );
  });

  it("is exceeded by at most itself and one amount for each halving, for any arrivals", () => {
    const counts = fc.array(fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 5000 })), {
      maxLength: 12,
    });
    const most = fc.constantFrom(1, 1, 7, 300);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), counts, most, fc.nat(), (perSecond, counts, most, seed) => {
        const random = seededRandom(seed);
        const amountOf = (): number => 1 + Math.floor(random() * most);
        for (const { arrivals, spent } of sent(new RateCap(perSecond), counts, random, amountOf)) {
          // Further 20 halvings come about once in a million seconds.
          const halvings = Math.log2(arrivals + 1) + 20;
          expect(spent).toBeLessThanOrEqual(2 * perSecond + halvings * most);
        }
      }),
    );
  });

  it("keeps about the rate once the load is known, and about twice the rate in a burst", () => {
    const seconds = sent(new RateCap(20), repeated(300, 1000), seededRandom(1));
    expect(total(seconds.slice(1), "kept") / 299).toBeGreaterThan(16);
    expect(total(seconds.slice(1), "kept") / 299).toBeLessThan(24);
    const bursts = Array.from({ length: 300 }, (_, seed) => sent(new RateCap(20), [1000], seededRandom(seed))).flat();
    expect(total(bursts, "kept") / 300).toBeGreaterThan(35);
    expect(total(bursts, "kept") / 300).toBeLessThan(50);
  });

  it("halves once the rate is spent, and again after each half of the amount before", () => {
    const cap = new RateCap(8);
    const probabilities = Array.from({ length: 19 }, () => {
      const probability = cap.probability(0);
      cap.spend(1, probability, 0);
      return probability;
    });
    const [half, quarter, eighth] = [1 / 2, 1 / 4, 1 / 8];
    expect(probabilities).toEqual([
      ...repeated(8, 1),
      ...repeated(4, half),
      ...repeated(2, quarter),
      eighth,
      1 / 16,
      1 / 32,
      1 / 64,
      1 / 128,
    ]);
  });

  it("begins a second with the probability that would have met the rate in the second before", () => {
    const cap = new RateCap(10);
    for (let index = 0; index < 5; index++) cap.spend(1, 1 / 8, 999);
    expect(cap.probability(1000)).toBe(1 / 4);
    expect(cap.probability(2000)).toBe(1);
  });

  it("ignores seconds other than the one before", () => {
    const cap = new RateCap(10);
    cap.spend(1000, 1, 5500);
    expect(cap.probability(7000)).toBe(1);
    cap.spend(1000, 1, 7000);
    expect(cap.probability(8_000_000)).toBe(1);
  });

  it("does not halve for amounts that were decided before the last halving", () => {
    const cap = new RateCap(1000);
    for (let index = 0; index < 50; index++) cap.spend(600, 1, 10);
    expect(cap.probability(10)).toBe(1 / 2);
    cap.spend(600, 1 / 2, 10);
    expect(cap.probability(10)).toBe(1 / 4);
  });

  it("halves once for an amount of a thousand times the rate", () => {
    const cap = new RateCap(1000);
    cap.spend(1_000_000, 1, 10);
    expect(cap.probability(10)).toBe(1 / 2);
    expect(cap.probability(1000)).toBe(1 / 1000);
  });

  it("never reaches 0", () => {
    const cap = new RateCap(1);
    for (let index = 0; index < 5000; index++) cap.spend(1e9, cap.probability(0), 0);
    expect(cap.probability(0)).toBeGreaterThan(0);
    expect(cap.probability(1000)).toBeGreaterThan(0);
  });
});

const countsUpTo = (perSecond: number): fc.Arbitrary<{ perSecond: number; counts: number[] }> =>
  fc
    .array(fc.integer({ min: 0, max: perSecond }), { minLength: 1, maxLength: 8 })
    .map((counts) => ({ perSecond, counts }));
