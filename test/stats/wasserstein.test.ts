import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { binnedWasserstein, standardisedWasserstein, wasserstein } from "../../src/stats/wasserstein.ts";
import { count, rows, scaled } from "./cell-arbitraries.ts";
import { expectRelative } from "./expect-relative.ts";

interface Bins {
  readonly edges: readonly number[];
  readonly baseline: readonly number[];
  readonly current: readonly number[];
}

/** Ascending edges with a count for each bin and both ends. */
function binsOf(edge: fc.Arbitrary<number>, of: fc.Arbitrary<number>): fc.Arbitrary<Bins> {
  return fc.uniqueArray(edge, { minLength: 2, maxLength: 12 }).chain((edges) => {
    const counts = fc.array(of, { minLength: edges.length + 1, maxLength: edges.length + 1 });
    return fc.record({ edges: fc.constant(edges.toSorted((a, b) => a - b)), baseline: counts, current: counts });
  });
}

const anyBins = binsOf(fc.double({ noNaN: true, noDefaultInfinity: true }), count);
const usualBins = binsOf(fc.integer({ min: -1000, max: 1000 }), rows);
const sample = fc.array(fc.oneof(fc.integer({ min: -50, max: 50 }), fc.double()), { maxLength: 40 });

describe("binnedWasserstein", () => {
  it("is exactly 0 for equal counts", () => {
    fc.assert(
      fc.property(anyBins, ({ edges, baseline }) => {
        expect(binnedWasserstein(edges, baseline, [...baseline])).toBe(0);
      }),
    );
  });

  it("is a finite number and the same both ways, whatever the edges and counts", () => {
    fc.assert(
      fc.property(anyBins, ({ edges, baseline, current }) => {
        const distance = binnedWasserstein(edges, baseline, current);
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(distance).toBeLessThan(Infinity);
        expect(binnedWasserstein(edges, current, baseline)).toBe(distance);
      }),
    );
  });

  it("is at most the width of all bins, moves with the unit, and not with the origin or the number of rows", () => {
    fc.assert(
      fc.property(usualBins, fc.integer({ min: 1, max: 50 }), ({ edges, baseline, current }, k) => {
        const distance = binnedWasserstein(edges, baseline, current);
        const width = (edges.at(-1) ?? 0) - (edges[0] ?? 0);
        expect(distance).toBeLessThanOrEqual(width * (1 + 1e-12));
        expect(binnedWasserstein(scaled(edges, k), baseline, current)).toBeCloseTo(distance * k, 6);
        const moved = edges.map((edge) => edge + 1000 * k);
        expect(binnedWasserstein(moved, baseline, current)).toBeCloseTo(distance, 6);
        expect(binnedWasserstein(edges, scaled(baseline, k), current)).toBeCloseTo(distance, 6);
        expect(binnedWasserstein(edges, baseline, scaled(current, k))).toBeCloseTo(distance, 6);
      }),
    );
  });

  it("knows how far rows moved", () => {
    expect(binnedWasserstein([0, 1, 2, 3], [0, 9, 0, 0, 0], [0, 0, 0, 7, 0])).toBeCloseTo(2, 12);
    expect(binnedWasserstein([0, 10], [5, 0, 0], [0, 0, 5])).toBe(10);
    // Even over a bin against all at its lower end: half the bin. Crossing inside a bin: ∫|x−½| over 0 to 1.
    expect(binnedWasserstein([0, 10], [0, 1, 0], [1, 0, 0])).toBe(5);
    expect(binnedWasserstein([0, 1], [1, 0, 1], [0, 1, 0])).toBe(0.25);
  });

  it("changes nothing when a bin is split evenly", () => {
    const whole = binnedWasserstein([0, 2, 4], [1, 10, 4, 2], [3, 2, 8, 0]);
    expect(binnedWasserstein([0, 1, 2, 4], [1, 5, 5, 4, 2], [3, 1, 1, 8, 0])).toBeCloseTo(whole, 12);
  });

  it("nears the distance of the raw values as bins narrow", () => {
    const values = fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(values, values, (before, now) => {
        const width = 1 / 4;
        const edges = Array.from({ length: 401 }, (_, i) => i * width);
        const counts = (of: readonly number[]): number[] => {
          const bins: number[] = Array.from({ length: 402 }, () => 0);
          for (const value of of) bins[value / width + 1] = (bins[value / width + 1] ?? 0) + 1;
          return bins;
        };
        const binned = binnedWasserstein(edges, counts(before), counts(now));
        expect(Math.abs(binned - wasserstein(before, now))).toBeLessThanOrEqual(width);
      }),
    );
  });

  it("is 0 when a side has no rows, or when no number was ever seen", () => {
    expect(binnedWasserstein([0, 1], [0, 0, 0], [1, 2, 3])).toBe(0);
    expect(binnedWasserstein([0, 1], [1, 2, 3], [0, 0, 0])).toBe(0);
    expect(binnedWasserstein([], [0, 4], [3, 0])).toBe(0);
  });

  it("bears bins wider than the largest number", () => {
    const edges = [-Number.MAX_VALUE, Number.MAX_VALUE];
    expect(binnedWasserstein(edges, [1, 2, 3], [2, 4, 6])).toBe(0);
    expect(binnedWasserstein(edges, [1, 0, 0], [0, 0, 1])).toBe(Number.MAX_VALUE);
    expect(wasserstein(edges, edges)).toBe(0);
  });

  it("refuses counts that do not belong to the edges", () => {
    expect(() => binnedWasserstein([0, 1], [1], [1])).toThrow(RangeError);
    expect(() => binnedWasserstein([0, 1], [1, 2, 3], [1, 2])).toThrow(RangeError);
  });
});

describe("wasserstein", () => {
  it("is the mean distance of the sorted values when both samples have as many", () => {
    const pair = fc.tuple(fc.integer({ min: -500, max: 500 }), fc.integer({ min: -500, max: 500 }));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1 }), (pairs) => {
        const sides = [0, 1].map((side) => pairs.map((values) => values[side] ?? 0).sort((a, b) => a - b));
        const moved = (sides[0] ?? []).reduce((total, value, i) => total + Math.abs(value - (sides[1]?.[i] ?? 0)), 0);
        expect(wasserstein(sides[0] ?? [], sides[1] ?? [])).toBeCloseTo(moved / pairs.length, 9);
      }),
    );
  });

  it("is a finite number, the same both ways, and 0 for the same values or none", () => {
    fc.assert(
      fc.property(sample, sample, (before, now) => {
        const distance = wasserstein(before, now);
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(distance).toBeLessThan(Infinity);
        expect(wasserstein(now, before)).toBe(distance);
        expect(wasserstein(before, before.toReversed())).toBe(0);
        expect(wasserstein(before, [])).toBe(0);
      }),
    );
  });
});

describe("standardisedWasserstein", () => {
  it("counts in standard deviations of a normal baseline", () => {
    expectRelative(standardisedWasserstein(5, 50 - 6.745, 50 + 6.745), 0.5, 1e-12);
  });

  it("is not a number when the middle half is a single value", () => {
    expect(standardisedWasserstein(5, 3, 3)).toBeNaN();
  });

  it("is a finite number for any finite spread", () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    const positive = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(positive, finite, finite, (distance, a, b) => {
        fc.pre(a !== b);
        const result = standardisedWasserstein(distance, Math.min(a, b), Math.max(a, b));
        expect(result).toBeGreaterThanOrEqual(0);
        expect(result).toBeLessThan(Infinity);
      }),
    );
  });
});
