import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { usedCells } from "../../src/stats/cell-counts.ts";
import {
  jensenShannonDistance,
  debiasedPsi,
  psi,
  maxShareDifference,
  totalVariation,
} from "../../src/stats/cell-distances.ts";
import { SeededRandom } from "../fuzz/random.ts";
import { count, countsOf, rows, scaled, shuffled, sum } from "./cell-arbitraries.ts";
import { expectRelative } from "./expect-relative.ts";

const distances = [
  { name: "psi", distance: psi, most: Infinity },
  { name: "jensenShannonDistance", distance: jensenShannonDistance, most: 1 },
  { name: "totalVariation", distance: totalVariation, most: 1 },
  { name: "maxShareDifference", distance: maxShareDifference, most: 1 },
];

describe.each(distances)("$name", ({ distance, most }) => {
  it("is exactly 0 for equal counts", () => {
    fc.assert(
      fc.property(fc.array(count), (counts) => {
        expect(distance(counts, [...counts])).toBe(0);
      }),
    );
  });

  it("is a finite number in its range and the same both ways, whatever the counts", () => {
    fc.assert(
      fc.property(countsOf(count), ({ baseline, current }) => {
        const there = distance(baseline, current);
        expect(there).toBeGreaterThanOrEqual(0);
        expect(there).toBeLessThanOrEqual(Math.min(most, Number.MAX_VALUE));
        expect(Math.abs(distance(current, baseline) - there)).toBeLessThanOrEqual(1e-12 * there + 1e-15);
      }),
    );
  });

  it("does not care for the order of the cells", () => {
    fc.assert(
      fc.property(countsOf(rows), fc.array(fc.nat()), (counts, keys) => {
        const other = shuffled(counts, keys);
        expect(distance(other.baseline, other.current)).toBeCloseTo(distance(counts.baseline, counts.current), 9);
      }),
    );
  });

  it("takes typed arrays, and refuses cells that are not the same", () => {
    expect(distance(Float64Array.of(10, 10, 20), Uint32Array.of(20, 20, 20))).toBe(
      distance([10, 10, 20], [20, 20, 20]),
    );
    expect(() => distance([1, 2], [1, 2, 3])).toThrow(RangeError);
  });
});

describe.each(distances.filter(({ name }) => name !== "psi"))("$name of raw shares", ({ distance }) => {
  it("does not care how many rows each side has", () => {
    const factor = fc.double({ min: 0.001, max: 1000, noNaN: true });
    fc.assert(
      fc.property(countsOf(rows), factor, factor, ({ baseline, current }, a, b) => {
        expect(distance(scaled(baseline, a), scaled(current, b))).toBeCloseTo(distance(baseline, current), 9);
      }),
    );
  });

  it("is at most the total variation of a cell split, which is 1 for sides without a common cell", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 5 }), (counts) => {
        const nothing = counts.map(() => 0);
        const apart = distance([...counts, ...nothing], [...nothing, ...counts]);
        const largest = Math.max(...counts) / sum(counts);
        expect(apart).toBeCloseTo(distance === maxShareDifference ? largest : 1, 12);
      }),
    );
  });

  it("is 0 when a side has no rows: there is nothing to compare", () => {
    expect(distance([0, 0, 0], [1, 2, 3])).toBe(0);
    expect(distance([1, 2, 3], [0, 0, 0])).toBe(0);
    expect(distance([], [])).toBe(0);
  });
});

describe("jensenShannonDistance", () => {
  it("keeps its digits where the shares are almost equal", () => {
    // For shares ½ ± ε/2 and ½: √(ε²/(8 ln 2)) in the limit, ε = 2e-9.
    expectRelative(jensenShannonDistance([5e8, 5e8], [5e8 + 1, 5e8 - 1]), 2e-9 / Math.sqrt(8 * Math.LN2), 1e-6);
  });

  it("obeys the triangle inequality", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(rows, rows, rows), { minLength: 1 }), (cells) => {
        const [a, b, c] = [0, 1, 2].map((side) => [...cells.map((cell) => cell[side] ?? 0), 1]) as [
          number[],
          number[],
          number[],
        ];
        expect(jensenShannonDistance(a, c)).toBeLessThanOrEqual(
          jensenShannonDistance(a, b) + jensenShannonDistance(b, c) + 1e-9,
        );
      }),
    );
  });
});

describe("totalVariation", () => {
  it("lies between the largest difference and half the cells times that", () => {
    fc.assert(
      fc.property(countsOf(rows, 1), ({ baseline, current }) => {
        const largest = maxShareDifference(baseline, current);
        const total = totalVariation(baseline, current);
        expect(total).toBeGreaterThanOrEqual(largest - 1e-12);
        expect(total).toBeLessThanOrEqual((largest * baseline.length) / 2 + 1e-12);
      }),
    );
  });
});

describe("psi", () => {
  it("stays finite for a cell that only one side knows", () => {
    expect(psi([100, 0], [0, 100])).toBeCloseTo(10.501593877344705, 12);
    expect(psi([0, 0], [0, 1e12])).toBeGreaterThan(10);
  });
});

describe("usedCells", () => {
  it("leaves out what is empty on both sides, in order, and nothing else", () => {
    expect(usedCells([0, 3, 0, 0.5], [0, 0, 2, 1])).toEqual({ baseline: [3, 0, 0.5], current: [0, 2, 1] });
    fc.assert(
      fc.property(countsOf(count), ({ baseline, current }) => {
        const used = usedCells(baseline, current);
        expect(Array.from(used.baseline).filter((value) => value > 0)).toEqual(baseline.filter((value) => value > 0));
        expect(Array.from(used.current).filter((value) => value > 0)).toEqual(current.filter((value) => value > 0));
        expect(usedCells(used.baseline, used.current)).toEqual(used);
      }),
    );
  });

  it("makes PSI blind to cells that nobody used", () => {
    const used = usedCells([10, 10, 20, 0, 0], [20, 20, 20, 0, 0]);
    expect(psi(used.baseline, used.current)).toBeCloseTo(0.10747785204512206, 12);
    expect(psi([10, 10, 20, 0, 0], [20, 20, 20, 0, 0])).not.toBeCloseTo(0.10747785204512206, 4);
  });
});

describe("debiasedPsi", () => {
  it("takes away what chance gives, and no more than there is", () => {
    expect(debiasedPsi(0.1, 20, 1000, 5000)).toBeCloseTo(0.1 - 19 * 0.0012, 14);
    expect(debiasedPsi(0.01, 20, 1000, 5000)).toBe(0);
    expect(debiasedPsi(0.1, 1, 0, 0)).toBe(0);
    expect(debiasedPsi(0.1, 20, 0, 5000)).toBe(0);
  });

  it("is near 0 on average when both sides are drawn from the same distribution", () => {
    const random = new SeededRandom(7);
    const [cells, n, m, windows] = [20, 1000, 4000, 300];
    let raw = 0;
    let bias = 0;
    for (let window = 0; window < windows; window++) {
      const value = psi(drawn(cells, m, random), drawn(cells, n, random));
      raw += value / windows;
      bias += (value - (cells - 1) * (1 / n + 1 / m)) / windows;
      expect(debiasedPsi(value, cells, n, m)).toBeLessThan(0.05);
    }
    expect(raw).toBeGreaterThan(0.02);
    expect(Math.abs(bias)).toBeLessThan(0.002);
  });
});

function drawn(cells: number, total: number, random: SeededRandom): number[] {
  const counts: number[] = Array.from({ length: cells }, () => 0);
  for (let row = 0; row < total; row++) {
    const cell = random.below(cells);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return counts;
}
