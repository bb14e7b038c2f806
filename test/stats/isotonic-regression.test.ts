import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { evaluateIsotonic, fitIsotonic } from "../../src/stats/isotonic-regression.ts";
import answers from "../fixtures/scipy-known-answers.data.json" with { type: "json" };

const point = fc.record({
  x: fc.oneof(fc.integer({ min: 0, max: 10 }), fc.double({ min: -1e6, max: 1e6, noNaN: true })),
  y: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: -100, max: 100, noNaN: true })),
  weight: fc.oneof(fc.constant(1), fc.double({ min: 0.01, max: 100, noNaN: true })),
});
const points = fc.array(point, { maxLength: 40 });

type Points = readonly { readonly x: number; readonly y: number; readonly weight: number }[];

const fit = (of: Points): ReturnType<typeof fitIsotonic> =>
  fitIsotonic(
    of.map(({ x }) => x),
    of.map(({ y }) => y),
    of.map(({ weight }) => weight),
  );

describe("fitIsotonic", () => {
  it.each(answers.isotonic)("is scikit-learn's fit of $x.length points", ({ x, y, weights, at, values }) => {
    const map = fitIsotonic(x, y, weights);
    for (const [i, where] of at.entries()) expect(evaluateIsotonic(map, where)).toBeCloseTo(values[i] ?? NaN, 12);
  });

  it("has knots that ascend in x and never fall in y, at most two a level", () => {
    fc.assert(
      fc.property(points, (given) => {
        const { x, y } = fit(given);
        expect(y).toHaveLength(x.length);
        for (let i = 1; i < x.length; i++) {
          expect(x[i]).toBeGreaterThan(x[i - 1] ?? NaN);
          expect(y[i]).toBeGreaterThanOrEqual(y[i - 1] ?? NaN);
          if (i > 1) expect(y[i]).toBeGreaterThan(y[i - 2] ?? NaN);
        }
      }),
    );
  });

  it("fits its own knots with the same knots", () => {
    fc.assert(
      fc.property(points, (given) => {
        const map = fit(given);
        expect(fitIsotonic(map.x, map.y)).toEqual(map);
      }),
    );
  });

  it("keeps the weighted mean, and does not care for the order of the points", () => {
    fc.assert(
      fc.property(points, (given) => {
        const map = fit(given);
        const error = given.reduce((sum, { x, y, weight }) => sum + weight * (evaluateIsotonic(map, x) - y), 0);
        expect(Math.abs(error)).toBeLessThan(1e-6);
        const turned = fit(given.toReversed());
        // Levels that are equal but for rounding may be one in one order and two in the other: their values are the same.
        for (const { x } of given) expect(evaluateIsotonic(turned, x)).toBeCloseTo(evaluateIsotonic(map, x), 9);
      }),
    );
  });

  it("takes a weight as that many points", () => {
    const weighted = fitIsotonic([1, 2, 3], [0.9, 0.2, 0.6], [1, 3, 2]);
    const repeated = fitIsotonic([1, 2, 2, 2, 3, 3], [0.9, 0.2, 0.2, 0.2, 0.6, 0.6]);
    for (const at of [0, 1, 2, 2.5, 3]) {
      expect(evaluateIsotonic(weighted, at)).toBeCloseTo(evaluateIsotonic(repeated, at), 14);
    }
    expect(weighted).toEqual({ x: [1, 2, 3], y: [expect.closeTo(0.375, 12), expect.closeTo(0.375, 12), 0.6] });
  });

  it("is closer to the points than any other monotone map that was tried", () => {
    const levels = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(levels, levels, (y, guess) => {
        const x = [0, 1, 2, 3, 4];
        const map = fitIsotonic(x, y);
        const other = { x, y: guess.toSorted((a, b) => a - b) };
        const loss = (of: typeof map): number =>
          x.reduce((sum, at) => sum + (evaluateIsotonic(of, at) - (y[at] ?? 0)) ** 2, 0);
        expect(loss(map)).toBeLessThanOrEqual(loss(other) + 1e-12);
      }),
    );
  });

  it("leaves out points that say nothing", () => {
    expect(fitIsotonic([NaN, 1, 2, Infinity, 3], [0.1, NaN, 0.5, 0.6, 0.7], [1, 1, 1, 1, 0])).toEqual({
      x: [2],
      y: [0.5],
    });
    expect(fitIsotonic([1], [1], [NaN])).toEqual({ x: [], y: [] });
    expect(fitIsotonic([], [])).toEqual({ x: [], y: [] });
  });

  it("refuses columns of different length", () => {
    expect(() => fitIsotonic([1, 2], [1])).toThrow(RangeError);
    expect(() => fitIsotonic([1, 2], [1, 2], [1])).toThrow(RangeError);
  });
});

describe("evaluateIsotonic", () => {
  const map = { x: [0.2, 0.4, 0.8], y: [0.1, 0.3, 0.9] };

  it.each([
    [-Infinity, 0.1],
    [0.2, 0.1],
    [0.3, 0.2],
    [0.4, 0.3],
    [0.6, 0.6],
    [0.8, 0.9],
    [1, 0.9],
    [Infinity, 0.9],
    [NaN, 0.1],
  ])("at %d is %d: linear between the knots, constant outside", (at, expected) => {
    expect(evaluateIsotonic(map, at)).toBeCloseTo(expected, 14);
  });

  it("never falls and never leaves the range of the knots", () => {
    const where = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(points, where, where, (given, a, b) => {
        const fitted = fit(given);
        if (fitted.x.length === 0) return;
        const [low, high] = [evaluateIsotonic(fitted, Math.min(a, b)), evaluateIsotonic(fitted, Math.max(a, b))];
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(fitted.y[0] ?? NaN);
        expect(high).toBeLessThanOrEqual(fitted.y.at(-1) ?? NaN);
      }),
    );
  });

  it("does not round over the next knot", () => {
    // 0.3 + (0.9 − 0.3) is 0.9000000000000001, and the way to the next knot rounds to all of it.
    expect(evaluateIsotonic({ x: [-1, Number.MIN_VALUE], y: [0.3, 0.9] }, 0)).toBe(0.9);
  });

  it("changes nothing without knots", () => {
    expect(evaluateIsotonic({ x: [], y: [] }, 0.7)).toBe(0.7);
  });
});
