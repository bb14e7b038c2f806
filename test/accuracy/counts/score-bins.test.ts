import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scoreBin, scoreBinCount } from "../../../src/accuracy/counts/score-bins.ts";

const anyChance = fc.double({ min: 0, max: 1, noNaN: true });

describe("bins of probabilities", () => {
  it("ascend, and cover everything from 0 to 1", () => {
    fc.assert(
      fc.property(anyChance, anyChance, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(scoreBin(low)).toBeLessThanOrEqual(scoreBin(high));
        expect(Number.isInteger(scoreBin(a)) && scoreBin(a) >= 0 && scoreBin(a) < scoreBinCount).toBe(true);
      }),
    );
    expect([0, 1, -1, 2, Number.NaN, Infinity].map(scoreBin)).toEqual([0, 999, 0, 999, 0, 999]);
  });

  it("tell 0.002 apart everywhere, and 10 % of a rare event's odds", () => {
    for (let p = 0.001; p < 0.997; p += 0.0013) expect(scoreBin(p + 0.0021)).toBeGreaterThan(scoreBin(p));
    for (let p = 2e-6; p < 0.01; p *= 1.3) expect(scoreBin(p * 1.1)).toBeGreaterThan(scoreBin(p));
  });
});
