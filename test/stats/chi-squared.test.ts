import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { minExpectedRows, mergeCells, type CellMerging } from "../../src/stats/cell-merging.ts";
import { chiSquaredTest } from "../../src/stats/chi-squared.ts";
import { SeededRandom } from "../fuzz/random.ts";
import { count, countsOf, rows, shuffled, sum, type Counts } from "./cell-arbitraries.ts";

const none = { kind: "none" } as const;
const ordered = { kind: "ordered" } as const;
const unordered = { kind: "unordered" } as const;
const merging: fc.Arbitrary<CellMerging> = fc.oneof(
  fc.constantFrom<CellMerging>(none, ordered, unordered),
  fc.nat(29).map((other): CellMerging => ({ kind: "unordered", other })),
);

function merged(counts: Counts, by: CellMerging): { readonly baseline: number[]; readonly current: number[] } {
  const { baseline, current } = mergeCells(counts.baseline, counts.current, by);
  return { baseline: Array.from(baseline), current: Array.from(current) };
}

describe("chiSquaredTest", () => {
  it("is 0 with p 1 for equal counts, however they are merged", () => {
    fc.assert(
      fc.property(fc.array(count, { maxLength: 30 }), merging, (counts, by) => {
        const { statistic, pValue } = chiSquaredTest(counts, [...counts], by);
        expect([statistic, pValue]).toEqual([0, 1]);
      }),
    );
  });

  it("gives numbers in their ranges for any counts, and the same whichever side is the baseline", () => {
    fc.assert(
      fc.property(countsOf(count), merging, ({ baseline, current }, by) => {
        const there = chiSquaredTest(baseline, current, by);
        const back = chiSquaredTest(current, baseline, by);
        expect(there.statistic).toBeGreaterThanOrEqual(0);
        expect(there.statistic).toBeLessThan(Infinity);
        expect(there.pValue).toBeGreaterThanOrEqual(0);
        expect(there.pValue).toBeLessThanOrEqual(1);
        expect(there.degreesOfFreedom).toBeLessThan(Math.max(1, baseline.length));
        expect(back.degreesOfFreedom).toBe(there.degreesOfFreedom);
        expect(Math.abs(back.statistic - there.statistic)).toBeLessThanOrEqual(1e-9 * there.statistic);
      }),
    );
  });

  it("does not care for the order of the cells when they have none", () => {
    fc.assert(
      fc.property(countsOf(rows), fc.array(fc.nat()), (counts, keys) => {
        const other = shuffled(counts, keys);
        const [a, b] = [counts, other].map(({ baseline, current }) => chiSquaredTest(baseline, current));
        expect(b?.degreesOfFreedom).toBe(a?.degreesOfFreedom);
        expect(b?.pValue).toBeCloseTo(a?.pValue ?? NaN, 9);
      }),
    );
  });

  it("never gains degrees of freedom or evidence by merging", () => {
    fc.assert(
      fc.property(countsOf(rows), merging, ({ baseline, current }, by) => {
        const whole = chiSquaredTest(baseline, current);
        const less = chiSquaredTest(baseline, current, by);
        expect(less.degreesOfFreedom).toBeLessThanOrEqual(whole.degreesOfFreedom);
        expect(less.statistic).toBeLessThanOrEqual(whole.statistic * (1 + 1e-9));
      }),
    );
  });

  it("says that it could not test when fewer than two cells are left or a side is empty", () => {
    const untested = { statistic: 0, degreesOfFreedom: 0, pValue: 1 };
    expect(chiSquaredTest([], [])).toEqual(untested);
    expect(chiSquaredTest([7], [9])).toEqual(untested);
    expect(chiSquaredTest([7, 0], [9, 0])).toEqual(untested);
    expect(chiSquaredTest([7, 8], [0, 0])).toEqual(untested);
    expect(chiSquaredTest([0, 0], [7, 8], ordered)).toEqual(untested);
    expect(chiSquaredTest([3, 1, 2], [2, 1, 3], ordered)).toEqual(untested);
    expect(chiSquaredTest([3, 1, 2], [2, 1, 3], unordered)).toEqual(untested);
  });

  it("weakens when counts are scaled down to fewer independent rows", () => {
    const counts = [120, 80, 100];
    const all = chiSquaredTest([1000, 1000, 1000], counts);
    const tenth = chiSquaredTest(
      [1000, 1000, 1000],
      counts.map((value) => value / 10),
    );
    expect(all.pValue).toBeLessThan(0.05);
    expect(tenth.pValue).toBeGreaterThan(0.6);
  });

  it("takes no evidence from a cell too small to have a share", () => {
    const { statistic, pValue } = chiSquaredTest([Number.MIN_VALUE, 1e10], [0, 1e10]);
    expect([statistic, pValue]).toEqual([0, 1]);
  });

  it("refuses cells that are not the same", () => {
    expect(() => chiSquaredTest([1, 2], [1, 2, 3], ordered)).toThrow(RangeError);
  });
});

describe("chiSquaredTest on sparse cells", () => {
  /** Part of the tests without drift whose p is at most `level`: 40 cells, a few of them large. */
  function falseAlarms(by: CellMerging, level: number): number {
    const random = new SeededRandom(3);
    const tests = 4000;
    let alarms = 0;
    for (let test = 0; test < tests; test++) {
      const { pValue } = chiSquaredTest(sparse(1500, random), sparse(400, random), by);
      if (pValue <= level) alarms++;
    }
    return alarms / tests;
  }

  function sparse(total: number, random: SeededRandom): number[] {
    const counts: number[] = Array.from({ length: 40 }, () => 0);
    for (let row = 0; row < total; row++) {
      const cell = Math.floor(40 * random.fraction() ** 3);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    return counts;
  }

  it.each([ordered, unordered, { kind: "unordered", other: 39 } as const])("keeps its level with %o", (by) => {
    // Three standard errors of the simulation about 1 % and 10 %.
    expect(Math.abs(falseAlarms(by, 0.01) - 0.01)).toBeLessThan(0.005);
    expect(Math.abs(falseAlarms(by, 0.1) - 0.1)).toBeLessThan(0.015);
  });
});

describe("mergeCells", () => {
  it("adds small bins to the next ones, and a small rest to the last", () => {
    const counts = { baseline: [2, 20, 3, 30, 1, 1], current: [1, 22, 2, 28, 2, 2] };
    expect(merged(counts, ordered)).toEqual({ baseline: [22, 35], current: [23, 34] });
    expect(merged({ baseline: [20, 0, 20], current: [20, 0, 20] }, ordered)).toEqual({
      baseline: [20, 20],
      current: [20, 20],
    });
  });

  it("adds small categories to the named one, even when that is large", () => {
    const counts = { baseline: [2, 50, 40, 1], current: [1, 50, 40, 3] };
    expect(merged(counts, { kind: "unordered", other: 2 })).toEqual({ baseline: [50, 43], current: [50, 44] });
    expect(merged(counts, { kind: "unordered", other: 1 })).toEqual({ baseline: [40, 53], current: [40, 54] });
  });

  it("adds small categories together, and to the smallest of the others when that is not enough", () => {
    const enough = { baseline: [4, 50, 40, 3], current: [4, 50, 40, 3] };
    expect(merged(enough, unordered)).toEqual({ baseline: [50, 40, 7], current: [50, 40, 7] });
    const notEnough = { baseline: [1, 50, 40, 1], current: [1, 50, 40, 1] };
    expect(merged(notEnough, unordered)).toEqual({ baseline: [50, 42], current: [50, 42] });
    const tied = { baseline: [1, 40, 40], current: [1, 40, 40] };
    expect(merged(tied, unordered)).toEqual({ baseline: [41, 40], current: [41, 40] });
  });

  it("judges a cell by the smaller side: 5 expected are enough, less are not", () => {
    // Of 100 and 1000 rows a cell with 55 expects 5 and 50.
    expect(merged({ baseline: [95, 5], current: [950, 50] }, ordered).baseline).toHaveLength(2);
    expect(merged({ baseline: [96, 4], current: [950, 50] }, ordered).baseline).toHaveLength(1);
  });

  it("keeps every row and leaves no cell too small, unless it is the only one", () => {
    const some = merging.filter(({ kind }) => kind !== "none");
    fc.assert(
      fc.property(countsOf(rows), some, (counts, by) => {
        const { baseline, current } = merged(counts, by);
        const [m, n] = [sum(counts.baseline), sum(counts.current)];
        expect([sum(baseline), sum(current)]).toEqual([m, n]);
        if (baseline.length < 2) return;
        for (const [i, before] of baseline.entries()) {
          const expected = (before + (current[i] ?? 0)) * (Math.min(m, n) / (m + n));
          expect(expected).toBeGreaterThanOrEqual(minExpectedRows * (1 - 1e-12));
        }
      }),
    );
  });

  it("leaves large cells alone", () => {
    const large = fc.integer({ min: 100, max: 200 });
    fc.assert(
      fc.property(countsOf(large), fc.constantFrom(ordered, unordered), (counts, by) => {
        expect(merged(counts, by)).toEqual(counts);
      }),
    );
  });
});
