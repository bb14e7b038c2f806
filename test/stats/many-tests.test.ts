/** Tests of shares, of many features at once, and how many rows count: what turns statistics into decisions. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { benjaminiHochberg } from "../../src/stats/benjamini-hochberg.ts";
import { chiSquaredTest } from "../../src/stats/chi-squared.ts";
import { effectiveSampleSize } from "../../src/stats/cell-counts.ts";
import { twoProportionTest, wilsonInterval } from "../../src/stats/proportions.ts";
import answers from "../fixtures/scipy-known-answers.data.json" with { type: "json" };
import { expectRelative } from "./expect-relative.ts";

const share = fc.tuple(fc.nat(5000), fc.nat(5000)).map(([hits, misses]) => ({ hits, rows: hits + misses }));

describe("twoProportionTest", () => {
  it.each(answers.twoProportions)("of $given is SciPy's test of the 2×2 table", ({ given, square, pValue }) => {
    const [a, b, c, d] = given as [number, number, number, number];
    const test = twoProportionTest(a, b, c, d);
    expectRelative(test.z ** 2, square, 1e-11);
    expectRelative(test.pValue, pValue, 1e-9);
    expect(test.difference).toBeCloseTo(c / d - a / b, 14);
  });

  it("is the chi-squared test of two cells, with a direction", () => {
    fc.assert(
      fc.property(share, share, (before, now) => {
        const test = twoProportionTest(before.hits, before.rows, now.hits, now.rows);
        const table = chiSquaredTest([before.hits, before.rows - before.hits], [now.hits, now.rows - now.hits]);
        expect(Math.abs(test.z ** 2 - table.statistic)).toBeLessThanOrEqual(1e-9 * table.statistic + 1e-20);
        expect(test.pValue).toBeCloseTo(table.pValue, 9);
        expect(Math.sign(test.z)).toBe(test.pValue === 1 ? Math.sign(test.z) : Math.sign(test.difference));
        const back = twoProportionTest(now.hits, now.rows, before.hits, before.rows);
        expect(back.pValue).toBeCloseTo(test.pValue, 12);
        expect(back.difference).toBeCloseTo(-test.difference, 12);
      }),
    );
  });

  it.each([
    ["no rows at all", [0, 0, 0, 0], 0],
    ["no rows now", [5, 10, 0, 0], 0],
    ["no rows before", [0, 0, 5, 10], 0],
    ["never on both sides", [0, 1000, 0, 50], 0],
    ["always on both sides", [1000, 1000, 50, 50], 0],
  ] as const)("finds no evidence in %s", (_, given, difference) => {
    const [a, b, c, d] = given;
    expect(twoProportionTest(a, b, c, d)).toEqual({ difference, z: 0, pValue: 1 });
  });

  it("finds a cell that appears, and one that takes all", () => {
    expect(twoProportionTest(0, 5000, 60, 600).pValue).toBeLessThan(1e-50);
    expect(twoProportionTest(0, 5000, 600, 600).difference).toBe(1);
    expect(twoProportionTest(0, 5000, 600, 600).pValue).toBe(0);
  });
});

describe("benjaminiHochberg", () => {
  it("has the known vector", () => {
    const p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216];
    const adjusted = [0.01, 0.04, 0.084, 0.084, 0.084, 0.1, 0.105714, 0.216, 0.216, 0.216];
    for (const [i, value] of benjaminiHochberg(p).entries()) expect(value).toBeCloseTo(adjusted[i] ?? NaN, 6);
  });

  it.each(answers.falseDiscovery)("is SciPy's false discovery control of $pValues", ({ pValues, adjusted }) => {
    for (const [i, value] of benjaminiHochberg(pValues).entries()) expectRelative(value, adjusted[i] ?? NaN, 1e-13);
  });

  it("never lowers a p, keeps the ranking, and gives numbers from 0 to 1 for anything", () => {
    const anything = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double(), fc.constantFrom(0, 1, 0.01));
    fc.assert(
      fc.property(fc.array(anything), (pValues) => {
        const adjusted = benjaminiHochberg(pValues);
        const bounded = pValues.map((p) => (Number.isNaN(p) ? 1 : Math.min(1, Math.max(0, p))));
        expect(adjusted).toHaveLength(pValues.length);
        const order = bounded.map((_, i) => i).sort((a, b) => (bounded[a] ?? 0) - (bounded[b] ?? 0));
        let last = 0;
        for (const i of order) {
          expect(adjusted[i]).toBeGreaterThanOrEqual(Math.max(last, (bounded[i] ?? NaN) * (1 - 1e-15)));
          expect(adjusted[i]).toBeLessThanOrEqual(1);
          last = adjusted[i] ?? NaN;
        }
      }),
    );
  });

  it("finds exactly what the step-up rule finds", () => {
    const p = fc.oneof(fc.double({ min: 0, max: 0.05, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.array(p, { minLength: 1 }), fc.constantFrom(0.01, 0.05, 0.2), (pValues, q) => {
        const sorted = pValues.toSorted((a, b) => a - b);
        const rank = sorted.findLastIndex((value, i) => (value * pValues.length) / (i + 1) <= q);
        const found = Array.from(benjaminiHochberg(pValues)).filter((value) => value <= q);
        expect(found).toHaveLength(rank + 1);
      }),
    );
  });

  it("takes a p that is no number as 1", () => {
    expect(Array.from(benjaminiHochberg([NaN, 0.01, 0.5]))).toEqual([1, 0.03, 0.75]);
  });

  it("leaves a single p, and its arguments, alone", () => {
    const pValues = [0.03];
    expect(Array.from(benjaminiHochberg(pValues))).toEqual([0.03]);
    expect(benjaminiHochberg([])).toHaveLength(0);
    expect(pValues).toEqual([0.03]);
  });
});

describe("wilsonInterval", () => {
  it("of 90 in 100 has the known bounds", () => {
    const { lower, upper } = wilsonInterval(90, 100);
    expect(lower).toBeCloseTo(0.825634, 6);
    expect(upper).toBeCloseTo(0.944771, 6);
  });

  it.each(answers.wilson)("is SciPy's for $given", ({ given, interval }) => {
    const [successes, trials, confidence] = given as [number, number, number];
    const { lower, upper } = wilsonInterval(successes, trials, confidence);
    expect(lower).toBeCloseTo(interval[0] ?? NaN, 12);
    expect(upper).toBeCloseTo(interval[1] ?? NaN, 12);
  });

  it("contains the observed share, mirrors, and narrows with more rows", () => {
    const confidence = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, fc.double({ min: 1e-3, max: 1, noNaN: true }), confidence, ({ hits, rows }, scale, level) => {
        fc.pre(rows > 0);
        const part = Math.min(1, (hits * scale) / (rows * scale));
        const { lower, upper } = wilsonInterval(hits * scale, rows * scale, level);
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(upper).toBeLessThanOrEqual(1);
        expect(lower).toBeLessThanOrEqual(part);
        expect(upper).toBeGreaterThanOrEqual(part);
        expect(wilsonInterval((rows - hits) * scale, rows * scale, level).upper).toBeCloseTo(1 - lower, 9);
        const more = wilsonInterval(hits, rows, level);
        expect(more.upper - more.lower).toBeLessThanOrEqual(upper - lower + 1e-9);
      }),
    );
  });

  it.each([
    [0, 0, 0.95, { lower: 0, upper: 1 }],
    [3, 10, 1, { lower: 0, upper: 1 }],
    [3, 10, 2, { lower: 0, upper: 1 }],
    [3, 10, 0, { lower: 0.3, upper: 0.3 }],
    [3, 10, NaN, { lower: 0.3, upper: 0.3 }],
  ])("of %d in %d at %d is %o", (successes, trials, confidence, expected) => {
    expect(wilsonInterval(successes, trials, confidence)).toEqual(expected);
  });

  it("starts at exactly 0 without successes and ends at exactly 1 without failures", () => {
    expect(wilsonInterval(0, 30).lower).toBe(0);
    expect(wilsonInterval(30, 30).upper).toBe(1);
    expect(wilsonInterval(0, 30).upper).toBeGreaterThan(0.1);
  });
});

describe("effectiveSampleSize", () => {
  it("counts requests when all have the same size, and fewer when they differ", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1 }), (sizes) => {
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const squares = sizes.reduce((sum, size) => sum + size * size, 0);
        const n = effectiveSampleSize(total, squares);
        expect(n).toBeGreaterThanOrEqual(1 - 1e-12);
        expect(n).toBeLessThanOrEqual(sizes.length * (1 + 1e-12));
        if (new Set(sizes).size === 1) expect(n).toBeCloseTo(sizes.length, 9);
      }),
    );
    expect(effectiveSampleSize(1000 * 100, 1000 * 100 * 100)).toBe(1000);
    expect(effectiveSampleSize(100 + 10, 100 * 100 + 10)).toBeCloseTo(1.2088, 4);
  });

  it("is 0 without rows", () => {
    expect(effectiveSampleSize(0, 0)).toBe(0);
  });
});
