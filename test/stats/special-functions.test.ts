import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { chiSquaredUpperTail } from "../../src/stats/chi-squared.ts";
import { logGamma, upperIncompleteGamma } from "../../src/stats/gamma-function.ts";
import { normalTwoSided, normalUpperQuantile, normalUpperTail } from "../../src/stats/normal-distribution.ts";
import answers from "../fixtures/scipy-known-answers.data.json" with { type: "json" };
import { expectRelative } from "./expect-relative.ts";

describe("logGamma", () => {
  it.each(answers.logGamma)("is SciPy's at %d", (x, expected) => {
    expect(Math.abs(logGamma(x) - expected)).toBeLessThan(1e-14 * Math.max(1, Math.abs(expected)));
  });

  it("has factorials at whole numbers and grows without bound at both ends", () => {
    expectRelative(Math.exp(logGamma(6)), 120, 1e-13);
    expectRelative(logGamma(171), 706.5730622457875, 1e-14);
    expect([logGamma(0), logGamma(-1), logGamma(NaN), logGamma(Infinity)]).toEqual(Array(4).fill(Infinity));
  });
});

describe("upperIncompleteGamma", () => {
  it.each(answers.upperIncompleteGamma)("is SciPy's for shape %d at %d", (a, x, expected) => {
    expectRelative(upperIncompleteGamma(a, x), expected, 1e-10);
  });

  it("falls from 1 to 0 and never leaves that range", () => {
    const shape = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    const at = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(shape, at, at, (a, x, y) => {
        const [near, far] = [upperIncompleteGamma(a, Math.min(x, y)), upperIncompleteGamma(a, Math.max(x, y))];
        expect(near).toBeLessThanOrEqual(1);
        expect(far).toBeGreaterThanOrEqual(0);
        // Rounding of the exponent: a·ln x is subtracted from numbers of its own size.
        expect(far).toBeLessThanOrEqual(near * (1 + 1e-8) + 1e-14);
      }),
    );
  });

  it.each([
    [0, 1],
    [-3, 1],
    [NaN, 1],
    [Infinity, 0],
    [1e300, 0],
    [Number.MIN_VALUE, 1],
  ])("at %d is %d", (x, expected) => {
    expect(upperIncompleteGamma(2.5, x)).toBe(expected);
  });
});

describe("chiSquaredUpperTail", () => {
  it("is SciPy's to ten digits, from p near 1 down to 1e-299 and from 1 to 500 degrees of freedom", () => {
    expect(answers.chiSquaredUpperTail.length).toBeGreaterThan(120);
    for (const [statistic, degrees, expected] of answers.chiSquaredUpperTail as [number, number, number][]) {
      expectRelative(chiSquaredUpperTail(statistic, degrees), expected, 1e-10);
    }
  });

  it("has a closed form for two degrees of freedom", () => {
    for (const statistic of [0, 1e-8, 0.5, 3, 3.999, 4, 4.001, 50, 1000, 1380]) {
      expectRelative(chiSquaredUpperTail(statistic, 2), Math.exp(-statistic / 2), 1e-12);
    }
  });

  it("keeps to the recurrence between degrees of freedom on both sides of where the method changes", () => {
    for (const degrees of [1, 2, 5, 19, 60, 249, 498]) {
      for (const factor of [0.2, 0.9, 1, 1.0001, 1.1, 2]) {
        const half = (degrees * factor) / 2;
        const step = Math.exp((degrees / 2) * Math.log(half) - half - logGamma(degrees / 2 + 1));
        const next = chiSquaredUpperTail(2 * half, degrees + 2);
        expectRelative(next, chiSquaredUpperTail(2 * half, degrees) + step, 1e-11);
      }
    }
  });

  it("is 1 when there is nothing to be free", () => {
    expect(chiSquaredUpperTail(5, 0)).toBe(1);
    expect(chiSquaredUpperTail(0, 3)).toBe(1);
  });
});

describe("normalUpperTail", () => {
  it.each(answers.normalUpperTail)("is SciPy's at %d", (z, expected) => {
    expectRelative(normalUpperTail(z), expected, 1e-12);
  });

  it("is the other half on the other side, and the two-sided chance is both", () => {
    fc.assert(
      fc.property(fc.double({ min: -40, max: 40, noNaN: true }), (z) => {
        expect(normalUpperTail(z) + normalUpperTail(-z)).toBeCloseTo(1, 14);
        expectRelative(normalTwoSided(z), 2 * normalUpperTail(Math.abs(z)), 1e-14);
      }),
    );
  });
});

describe("normalUpperQuantile", () => {
  it.each(answers.normalUpperQuantile)("is SciPy's for a chance of %d", (chance, expected) => {
    expect(Math.abs(normalUpperQuantile(chance) - expected)).toBeLessThan(1e-12);
  });

  it("undoes the tail", () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 36, noNaN: true }), (z) => {
        // Near 1 a chance has few digits left for how far it is from 1.
        expect(Math.abs(normalUpperQuantile(normalUpperTail(z)) - z)).toBeLessThan(z < -3 ? 1e-9 : 1e-12);
      }),
    );
  });

  it("is infinite where no z is far enough, and bounded for chances too small to count with", () => {
    expect([1, 2].map(normalUpperQuantile)).toEqual([-Infinity, -Infinity]);
    expect([0, -1, NaN].map(normalUpperQuantile)).toEqual([Infinity, Infinity, Infinity]);
    expect(normalUpperQuantile(5e-324)).toBe(normalUpperQuantile(1e-300));
  });
});
