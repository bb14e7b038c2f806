import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BinFinder, type Precision } from "../../../src/drift/window/bin-finder.ts";
import { layOutCells } from "../../../src/drift/window/cell-layout.ts";
import { binOf } from "../../../src/sketch/bin-of.ts";
import { nextUp } from "../../../src/sketch/next-up.ts";
import { baselineOf, numeric } from "../support/some-baselines.ts";

/** The cell of one number: as one, and in a run. */
function cellsOf(edges: readonly number[], value: number, precision: Precision = "double"): readonly number[] {
  const layout = layOutCells(baselineOf([numeric("first", [0, 1, 2, 3]), numeric("x", edges)]), 10);
  const finder = new BinFinder(layout, precision);
  const place = layout.targets[1]!.offset;
  const single = new Float64Array(layout.length);
  const run = new Float64Array(layout.length);
  finder.count(value, 1, single);
  finder.countRun(Float64Array.of(-9, value, -9), { start: 1, stride: 2, count: 1 }, 1, run);
  return [single.indexOf(1) - place, run.indexOf(1) - place];
}

function expected(edges: readonly number[], value: number): number {
  const bins = Math.max(0, edges.length - 1);
  if (Number.isNaN(value)) return bins + 2;
  if (!Number.isFinite(value)) return bins + 3;
  if (bins === 0) return 1;
  const bin = binOf(Float64Array.from(edges), value);
  if (bin < 0) return bins;
  return bin >= bins ? bins + 1 : bin;
}

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -3, max: 3, noNaN: true }),
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom(1e308, -1e308, 5e-324, -5e-324, 0, -0, 1e6),
);
const edgeLists = fc
  .uniqueArray(number, { minLength: 2, maxLength: 25, comparator: (one, other) => one === other })
  .map((edges) => edges.sort((one, other) => one - other));

describe("BinFinder", () => {
  it("finds the bin that a search finds, whatever the edges", () => {
    fc.assert(
      fc.property(edgeLists, fc.array(fc.oneof(number, fc.constantFrom(NaN, Infinity, -Infinity))), (edges, others) => {
        const near = edges.flatMap((edge) => [edge, nextUp(edge), -nextUp(-edge)]);
        for (const value of [...others, ...near]) {
          const cell = expected(edges, value);
          expect(cellsOf(edges, value)).toEqual([cell, cell]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ["no edges", []],
    ["one value", [3, nextUp(3)]],
    ["a value with a bin of its own", [0, 0.1, nextUp(0.1), 5]],
    ["edges that lie close in a wide range", [-1e9, 0, 1e-9, 2e-9, 3e-9, 1e9]],
    ["an outlier", [-2, -1, 0, 1, 2, 1e6]],
    ["more bins than a byte counts", Array.from({ length: 400 }, (_, index) => index)],
  ])("knows %s", (_, edges) => {
    const values = [...edges, ...edges.map((edge) => edge + 0.5), -1e12, 1e12, NaN, Infinity, -Infinity];
    for (const value of values) expect(cellsOf(edges, value)).toEqual([expected(edges, value), expected(edges, value)]);
  });

  it("keeps 0.1 in its own bin when it comes as a 32-bit number", () => {
    const edges = [0, 0.1, nextUp(0.1), 0.2, 5.1];
    for (const [value, bin] of [
      [0.05, 0],
      [0.1, 1],
      [0.15, 2],
      [0.2, 3],
      [5.1, 3],
      [0, 0],
      [-1, 4],
      [6, 5],
    ] as const) {
      expect(cellsOf(edges, Math.fround(value), "single")).toEqual([bin, bin]);
    }
    expect(cellsOf(edges, Math.fround(0.1), "double")[0]).toBe(2);
  });

  it("keeps 32-bit edges ascending, also past their range", () => {
    for (const edges of [
      [-1e308, -1e200, 0, 1e200, 1e308],
      [1, nextUp(1), nextUp(nextUp(1))],
      [-5e-324, 0, 5e-324],
    ]) {
      for (const value of [0, 1, -1, 3e38, NaN]) {
        const [one, run] = cellsOf(edges, value, "single");
        expect(one).toBe(run);
        expect(one).toBeGreaterThanOrEqual(0);
        expect(one).toBeLessThan(edges.length - 1 + 4);
      }
    }
  });
});
