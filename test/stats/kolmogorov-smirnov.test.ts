import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { binnedKolmogorovSmirnov, kolmogorovSmirnov, kolmogorovUpperTail } from "../../src/stats/kolmogorov-smirnov.ts";
import { count, countsOf, rows, scaled } from "./cell-arbitraries.ts";
import { expectRelative } from "./expect-relative.ts";

const sample = fc.array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double()), { maxLength: 40 });

describe("kolmogorovUpperTail", () => {
  it("falls from 1 to 0 without a step where the series changes", () => {
    let last = 1;
    for (let x = 0; x < 30; x += 0.001) {
      const tail = kolmogorovUpperTail(x);
      expect(tail).toBeLessThanOrEqual(last + 1e-15);
      expect(tail).toBeGreaterThanOrEqual(0);
      last = tail;
    }
    expectRelative(kolmogorovUpperTail(1 - 1e-13), kolmogorovUpperTail(1), 1e-11);
  });

  it.each([
    [0, 1],
    [-1, 1],
    [NaN, 1],
    [1e-300, 1],
    [Number.MIN_VALUE, 1],
    [Infinity, 0],
  ])("at %d is %d", (x, expected) => {
    expect(kolmogorovUpperTail(x)).toBe(expected);
  });
});

describe("binnedKolmogorovSmirnov", () => {
  it("is 0 with p 1 for equal counts, and for a side without rows", () => {
    fc.assert(
      fc.property(fc.array(count), (counts) => {
        const same = { distance: 0, pValue: 1 };
        expect(binnedKolmogorovSmirnov(counts, [...counts])).toEqual(same);
        expect(binnedKolmogorovSmirnov(counts, scaled(counts, 0))).toEqual(same);
      }),
    );
  });

  it("stays in range, whatever the counts, and is the same both ways and from either end", () => {
    fc.assert(
      fc.property(countsOf(count), ({ baseline, current }) => {
        const test = binnedKolmogorovSmirnov(baseline, current);
        expect(test.distance).toBeGreaterThanOrEqual(0);
        expect(test.distance).toBeLessThanOrEqual(1);
        expect(test.pValue).toBeGreaterThanOrEqual(0);
        expect(test.pValue).toBeLessThanOrEqual(1);
        expect(binnedKolmogorovSmirnov(current, baseline).distance).toBe(test.distance);
        const mirrored = binnedKolmogorovSmirnov(baseline.toReversed(), current.toReversed());
        expect(mirrored.distance).toBeCloseTo(test.distance, 9);
      }),
    );
  });

  it("keeps its distance and loses evidence when both sides shrink", () => {
    fc.assert(
      fc.property(
        countsOf(rows, 1),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        ({ baseline, current }, factor) => {
          const all = binnedKolmogorovSmirnov(baseline, current);
          const less = binnedKolmogorovSmirnov(scaled(baseline, factor), scaled(current, factor));
          expect(less.distance).toBeCloseTo(all.distance, 9);
          expect(less.pValue).toBeGreaterThanOrEqual(all.pValue - 1e-9);
        },
      ),
    );
  });

  it("never exceeds the distance of the values that were binned, and equals it when a bin holds one value", () => {
    const values = fc.array(fc.integer({ min: 0, max: 19 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, values, (baseline, current) => {
        const exact = kolmogorovSmirnov(baseline, current);
        const binned = (width: number): number =>
          binnedKolmogorovSmirnov(histogram(baseline, width), histogram(current, width)).distance;
        expect(binned(1)).toBeCloseTo(exact.distance, 12);
        expect(binned(4)).toBeLessThanOrEqual(exact.distance + 1e-12);
      }),
    );
  });

  it("refuses bins that are not the same", () => {
    expect(() => binnedKolmogorovSmirnov([1], [1, 2])).toThrow(RangeError);
  });
});

describe("kolmogorovSmirnov", () => {
  it("is the largest gap of the two empirical distributions, found the slow way", () => {
    const share = (values: readonly number[], x: number): number =>
      values.filter((value) => value <= x).length / values.length;
    fc.assert(
      fc.property(sample, sample, (before, now) => {
        const [a, b] = [before, now].map((values) => values.filter(Number.isFinite)) as [number[], number[]];
        const { distance, pValue } = kolmogorovSmirnov(before, now);
        const gaps = a.length * b.length === 0 ? [0] : [...a, ...b].map((x) => Math.abs(share(a, x) - share(b, x)));
        expect(distance).toBe(Math.max(...gaps));
        expect(pValue).toBeGreaterThanOrEqual(0);
        expect(pValue).toBeLessThanOrEqual(1);
        expect(kolmogorovSmirnov(now, before)).toEqual({ distance, pValue });
      }),
    );
  });

  it("leaves its arguments as they are", () => {
    const values = [3, 1, 2];
    kolmogorovSmirnov(values, values);
    expect(values).toEqual([3, 1, 2]);
  });
});

function histogram(values: readonly number[], width: number): number[] {
  return Array.from({ length: 20 / width }, (_, bin) => values.filter((v) => Math.floor(v / width) === bin).length);
}
