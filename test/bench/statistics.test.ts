import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { summarizeLatencies } from "../../bench/clients/summarize-latencies.ts";
import { median, medianDifference, medianRatio } from "../../bench/report/statistics.ts";

const self = (value: number): number => value;

describe("the statistics of the bench", () => {
  it("takes the middle value, or the mean of the two middle ones", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it("compares figures of the same round, so that a slow round of the whole machine cancels out", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { minLength: 1 }), (slowness) => {
        const yardstick = slowness.map((factor) => 10 * factor);
        const measured = slowness.map((factor) => 12 * factor);
        expect(medianRatio(measured, yardstick, self)).toBeCloseTo(1.2, 10);
      }),
    );
  });

  it("gives no ratio and no difference where the yardstick has no round", () => {
    expect(medianRatio([1, 2], undefined, self)).toBeNaN();
    expect(medianDifference([1, 2], [], self)).toBeNaN();
  });

  it("gives percentiles that are among the samples, in order, by nearest rank", () => {
    const samples = Array.from({ length: 1000 }, (_, index) => index + 1).reverse();
    expect(summarizeLatencies(samples)).toEqual({
      count: 1000,
      p50Ms: 500,
      p90Ms: 900,
      p99Ms: 990,
      p999Ms: 999,
      maxMs: 1000,
    });
    expect(summarizeLatencies([7])).toMatchObject({ p50Ms: 7, p99Ms: 7, maxMs: 7 });
    expect(summarizeLatencies([])).toMatchObject({ count: 0, maxMs: 0 });
  });
});
