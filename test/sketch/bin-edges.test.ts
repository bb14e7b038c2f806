import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { binEdges } from "../../src/sketch/bin-edges.ts";
import { binOf } from "../../src/sketch/bin-of.ts";
import { nextDown, nextUp } from "../../src/sketch/next-up.ts";
import { quantileOf, valueMasses } from "../../src/sketch/value-sample.ts";

const edgesOf = (values: readonly number[], weights?: readonly number[]): number[] =>
  binEdges(
    valueMasses({ values: Float64Array.from(values), weights: weights && Float64Array.from(weights) }),
    Math.min(...values),
    Math.max(...values),
  );

function countsOf(edges: readonly number[], values: readonly number[]): readonly number[] {
  const counts = Array.from<number>({ length: Math.max(0, edges.length - 1) }).fill(0);
  for (const value of values) counts[binOf(Float64Array.from(edges), value)]!++;
  return counts;
}

const nothing = valueMasses({ values: new Float64Array(), weights: undefined });

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const someValues = fc.array(
  fc.oneof(
    finite,
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom(1e308, -1e308, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE),
  ),
  {
    minLength: 1,
    maxLength: 200,
  },
);

describe("binEdges", () => {
  it("makes 20 bins of equal mass", () => {
    const values = range(1000);
    const edges = edgesOf(values);
    expect(edges).toEqual([...range(20).map((bin) => bin * 50), 999]);
    expect(countsOf(edges, values)).toEqual(Array.from({ length: 20 }, () => 50));
  });

  it("gives a value with much of the mass a bin of its own", () => {
    const values = [...Array.from<number>({ length: 600 }).fill(0), ...range(400).map((index) => 10 + index)];
    const edges = edgesOf(values);
    expect(edges.slice(0, 3)).toEqual([0, nextUp(0), 60]);
    expect(countsOf(edges, values)[0]).toBe(600);
    expect(countsOf(edges, values)[1]).toBe(50);
  });

  it("keeps the largest value apart when it has much of the mass", () => {
    const edges = edgesOf([...range(100), ...Array.from<number>({ length: 100 }).fill(100)]);
    expect(edges.slice(-2)).toEqual([100, nextUp(100)]);
  });

  it("makes one bin a value of few integers, none of them empty", () => {
    const values = range(1000).map((index) => index % 10);
    expect(edgesOf(values)).toEqual([...range(10), nextUp(9)]);
  });

  it("makes one bin of a constant", () => {
    expect(edgesOf([7, 7])).toEqual([7, nextUp(7)]);
    expect(edgesOf([0])).toEqual([0, nextUp(0)]);
    expect(edgesOf([Number.MAX_VALUE])).toEqual([nextDown(Number.MAX_VALUE), Number.MAX_VALUE]);
    expect(binEdges(nothing, Infinity, -Infinity)).toEqual([]);
  });

  it("is not blinded by a single far value", () => {
    const edges = edgesOf([...range(999), 1e6]);
    expect(edges).toHaveLength(21);
    expect(edges[19]).toBeLessThan(1000);
  });

  it("weighs values", () => {
    const values = range(100);
    const weights = values.map((value) => (value < 50 ? 3 : 1));
    const repeated = values.flatMap((value) => Array.from<number>({ length: value < 50 ? 3 : 1 }).fill(value));
    expect(edgesOf(values, weights)).toEqual(edgesOf(repeated));
  });

  it("always ascends strictly from the smallest to the largest value, without an empty bin", () => {
    fc.assert(
      fc.property(someValues, (values) => {
        const edges = edgesOf(values);
        expect(edges.every(Number.isFinite)).toBe(true);
        for (let index = 1; index < edges.length; index++) expect(edges[index]).toBeGreaterThan(edges[index - 1]!);
        const counts = countsOf(edges, values);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
        expect(Math.min(...counts)).toBeGreaterThan(0);
        expect(counts.length).toBeLessThanOrEqual(39);
      }),
      { numRuns: 500 },
    );
  });

  it("never puts more than a tenth of different values in one bin", () => {
    fc.assert(
      fc.property(fc.uniqueArray(finite, { minLength: 100, maxLength: 200 }), (values) => {
        expect(Math.max(...countsOf(edgesOf(values), values))).toBeLessThanOrEqual(values.length / 10);
      }),
    );
  });
});

describe("binOf", () => {
  it("agrees with looking from the left", () => {
    const naive = (edges: readonly number[], value: number): number => {
      if (edges.length === 0 || !(value >= edges[0]!)) return -1;
      if (value > edges.at(-1)!) return edges.length - 1;
      return Math.min(
        edges.length - 2,
        edges.findLastIndex((edge) => edge <= value),
      );
    };
    const sorted = fc
      .uniqueArray(finite, { minLength: 2, maxLength: 50 })
      .map((edges) => edges.map((edge) => edge + 0).sort((a, b) => a - b));
    fc.assert(
      fc.property(sorted, fc.oneof(finite, fc.constantFrom(Infinity, -Infinity, Number.NaN)), (edges, other) => {
        const distinct = [...new Set(edges)];
        fc.pre(distinct.length > 1);
        for (const value of [other, ...distinct, ...distinct.map(nextUp), ...distinct.map(nextDown)]) {
          expect(binOf(Float64Array.from(distinct), value)).toBe(naive(distinct, value));
        }
      }),
    );
  });

  it("knows the ends", () => {
    const edges = Float64Array.from([0, 1, 2]);
    expect([-1, 0, 0.5, 1, 2, 2.1, Number.NaN].map((value) => binOf(edges, value))).toEqual([-1, 0, 0, 1, 1, 2, -1]);
    expect(binOf(new Float64Array(), 1)).toBe(-1);
  });
});

describe("nextUp", () => {
  it.each([
    [1, 1 + Number.EPSILON],
    [0, Number.MIN_VALUE],
    [-0, Number.MIN_VALUE],
    [-Number.MIN_VALUE, -0],
    [Number.MAX_VALUE, Infinity],
  ])("of %d is %d", (value, next) => {
    expect(nextUp(value)).toBe(next);
  });

  it("has no number between", () => {
    fc.assert(
      fc.property(finite, (value) => {
        const next = nextUp(value);
        expect(next).toBeGreaterThan(value);
        expect([value, next]).toContain(value / 2 + next / 2);
        expect(nextDown(next) === value).toBe(true);
      }),
    );
  });
});

describe("quantileOf", () => {
  it("is a value that was seen, and ascends", () => {
    const masses = valueMasses({ values: Float64Array.from([3, 1, 2, 4]), weights: undefined });
    expect([0, 0.25, 0.26, 0.5, 1].map((share) => quantileOf(masses, share))).toEqual([1, 1, 2, 2, 4]);
    expect(quantileOf(nothing, 0.5)).toBe(0);
  });
});
