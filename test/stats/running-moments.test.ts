import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { RunningMoments } from "../../src/stats/running-moments.ts";
import answers from "../fixtures/scipy-known-answers.data.json" with { type: "json" };

const usual = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 50 });

function momentsOf(values: readonly number[]): RunningMoments {
  const moments = new RunningMoments();
  for (const value of values) moments.add(value);
  return moments;
}

function expectAlike(actual: RunningMoments, expected: RunningMoments): void {
  expect(actual.weight).toBeCloseTo(expected.weight, 9);
  expect(actual.mean).toBeCloseTo(expected.mean, 6);
  expect(Math.abs(actual.variance - expected.variance)).toBeLessThanOrEqual(1e-9 * expected.variance + 1e-6);
  expect([actual.smallest, actual.largest]).toEqual([expected.smallest, expected.largest]);
}

describe("RunningMoments", () => {
  it.each(answers.regression)("are NumPy's for $actual", ({ actual, meanOfActual, deviationOfActual }) => {
    const moments = momentsOf(actual);
    expect(moments.mean).toBeCloseTo(meanOfActual, 11);
    expect(moments.standardDeviation).toBeCloseTo(deviationOfActual, 11);
    expect([moments.smallest, moments.largest]).toEqual([Math.min(...actual), Math.max(...actual)]);
  });

  it("of parts merge to those of the whole, in any order, and merging nothing changes nothing", () => {
    fc.assert(
      fc.property(usual, usual, usual, (a, b, c) => {
        const merged = momentsOf(a);
        merged.merge(momentsOf(b));
        merged.merge(new RunningMoments());
        merged.merge(momentsOf(c));
        const other = new RunningMoments();
        for (const part of [c, a, b]) other.merge(momentsOf(part));
        expectAlike(merged, momentsOf([...a, ...b, ...c]));
        expectAlike(other, merged);
      }),
    );
  });

  it("take a weight as that many values", () => {
    const weighted = new RunningMoments();
    weighted.add(3, 2);
    weighted.add(7, 5);
    expectAlike(weighted, momentsOf([3, 3, 7, 7, 7, 7, 7]));
  });

  it("keep the spread of numbers that are large beside it", () => {
    const values = Array.from({ length: 1000 }, (_, i) => 1e9 + (i % 2));
    expect(momentsOf(values).variance).toBeCloseTo(0.25, 9);
  });

  it("are 0 without values and know no spread of a single one", () => {
    const empty = new RunningMoments();
    expect([empty.weight, empty.mean, empty.variance, empty.standardDeviation]).toEqual([0, 0, 0, 0]);
    expect([empty.smallest, empty.largest]).toEqual([Infinity, -Infinity]);
    expect([momentsOf([4]).mean, momentsOf([4]).variance]).toEqual([4, 0]);
  });

  it("are never poisoned: what is no finite number is not taken, and huge ones keep every result finite", () => {
    const moments = momentsOf([1, NaN, Infinity, -Infinity, 3]);
    moments.add(100, 0);
    moments.add(100, NaN);
    expectAlike(moments, momentsOf([1, 3]));
    const any = fc.array(fc.double(), { maxLength: 20 });
    fc.assert(
      fc.property(any, any, (a, b) => {
        const merged = momentsOf(a);
        merged.merge(momentsOf(b));
        for (const value of [merged.weight, merged.mean, merged.variance, merged.standardDeviation]) {
          expect(Number.isFinite(value)).toBe(true);
        }
      }),
    );
    const turned = momentsOf([-1.7e308]);
    turned.add(1.7e308, 1e300);
    expect([turned.mean, turned.variance]).toEqual([1.7e308, 0]);
    const huge = momentsOf([1e308, -1e308, 1e308, 0, -1e308]);
    expect(huge.mean).toBeCloseTo(0, -300);
    expect(huge.variance).toBe(Number.MAX_VALUE);
  });
});
