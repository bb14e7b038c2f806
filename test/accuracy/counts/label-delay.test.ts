import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { delayBin, delayBinCount, delayQuantile } from "../../../src/accuracy/counts/label-delay.ts";

const countsOf = (delays: readonly number[]): Float64Array => {
  const counts = new Float64Array(delayBinCount);
  for (const delay of delays) counts[delayBin(delay)]! += 1;
  return counts;
};

describe("delays of labels", () => {
  it("are told within 9 %, from an eighth of a second to 36 days", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.125, max: 3e6, noNaN: true }), (seconds) => {
        const told = delayQuantile(countsOf([seconds]), 0.5) ?? Number.NaN;
        expect(Math.abs(told / seconds - 1)).toBeLessThan(0.0906);
      }),
    );
  });

  it("are none below that, also when a clock went back, and the longest one above", () => {
    expect([0, -5, Number.NaN, 0.1].map(delayBin)).toEqual([0, 0, 0, 0]);
    expect([1e9, Infinity].map(delayBin)).toEqual([delayBinCount - 1, delayBinCount - 1]);
    expect(delayQuantile(countsOf([0, 0, 0]), 0.95)).toBe(0);
  });

  it("have quantiles that ascend, and none without labels", () => {
    const counts = countsOf([1, 1, 1, 60, 60, 3600]);
    const told = [0.1, 0.5, 0.6, 0.8, 0.95, 1].map((part) => Math.round(delayQuantile(counts, part) ?? -1));
    expect(told).toEqual([1, 1, 59, 59, 3756, 3756]);
    expect(delayQuantile(countsOf([]), 0.5)).toBeUndefined();
  });
});
