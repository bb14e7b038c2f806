import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Baseline } from "../../../src/drift/baseline/baseline.ts";
import { compareBaselines, type ColumnDifference } from "../../../src/drift/baseline/baseline-difference.ts";
import { massBelow } from "../../../src/drift/baseline/binned-mass.ts";
import type { Cell } from "../../../src/payload/body-content.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";
import { built, numeric, tableOf } from "../support/built-baseline.ts";

const baselineOf = (columns: Readonly<Record<string, readonly Cell[]>>): Baseline => built([tableOf(columns)]).baseline;

/** Normal numbers (Box and Muller). */
function normals(count: number, seed: number, shift = 0): number[] {
  const random = seededRandom(seed);
  return Array.from(
    { length: count },
    () => shift + Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

function only(difference: { readonly columns: readonly ColumnDifference[] }): ColumnDifference {
  expect(difference.columns).toHaveLength(1);
  return difference.columns[0]!;
}

describe("compareBaselines", () => {
  it("finds no difference of a baseline to itself", () => {
    const cell = fc.oneof(fc.double(), fc.constantFrom(null, "a", "b"));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1 }), (cells) => {
        const same = baselineOf({ x: cells });
        const difference = compareBaselines(same, same);
        expect(difference).toMatchObject({ isDifferent: false, added: [], removed: [], retyped: [] });
        expect(only(difference)).toMatchObject({ psi: 0, jensenShannon: 0, isApproximate: false });
      }),
    );
  });

  it("compares different edges by quantile positions, near the truth", () => {
    const old = baselineOf({ x: normals(20_000, 1) });
    const chance = only(compareBaselines(old, baselineOf({ x: normals(20_000, 2) })));
    expect(chance.isApproximate).toBe(true);
    expect(chance.psi).toBeLessThan(0.01);
    const shifted = compareBaselines(old, baselineOf({ x: normals(20_000, 3, 0.5) }));
    // In the limit of 20 bins .244671.
    expect(Math.abs(only(shifted).psi - 0.2447)).toBeLessThan(0.03);
    expect(shifted.isDifferent).toBe(true);
  });

  it("finds what is missing, invalid, below and above", () => {
    const values = normals(5000, 4);
    const old = baselineOf({ x: values });
    const psiOf = (cells: readonly Cell[]): number => only(compareBaselines(old, baselineOf({ x: cells }))).psi;
    expect(psiOf(values.map((value, row) => (row % 5 === 0 ? null : value)))).toBeGreaterThan(0.5);
    expect(psiOf(values.map((value, row) => (row % 5 === 0 ? Infinity : value)))).toBeGreaterThan(0.5);
    expect(psiOf(values.map((value) => value + 100))).toBeGreaterThan(2);
    expect(psiOf(values.map((value) => value - 100))).toBeGreaterThan(2);
  });

  it("sees a value with a bin of its own move", () => {
    const values = normals(4000, 5);
    const old = baselineOf({ x: [...values, ...Array.from<number>({ length: 4000 }).fill(0)] });
    const fresh = baselineOf({ x: [...values, ...Array.from<number>({ length: 1000 }).fill(0)] });
    expect(only(compareBaselines(old, fresh)).psi).toBeGreaterThan(0.2);
  });

  it("compares words one by one, a rare one only as other", () => {
    const words = (a: number, b: number, c: number): Cell[] => [
      ...Array.from<string>({ length: a }).fill("a"),
      ...Array.from<string>({ length: b }).fill("b"),
      ...Array.from<string>({ length: c }).fill("c"),
    ];
    const old = baselineOf({ x: words(5000, 5000, 0) });
    expect(only(compareBaselines(old, baselineOf({ x: words(5000, 4000, 1000) })))).toMatchObject({
      isApproximate: false,
    });
    const rare = compareBaselines(old, baselineOf({ x: words(9990, 10, 0) }));
    expect(only(rare)).toMatchObject({ isApproximate: true });
    expect(rare.isDifferent).toBe(true);
    expect(compareBaselines(old, baselineOf({ x: words(0, 0, 10_000) })).columns[0]?.jensenShannon).toBe(1);
  });

  it("names what came, went and changed its type, and sorts by what moved most", () => {
    const values = normals(2000, 6);
    const old = baselineOf({ gone: values, calm: values, wild: values, type: values });
    const fresh = baselineOf({
      fresh: values,
      calm: values,
      wild: values.map((value) => value + 1),
      type: values.map(() => "x"),
    });
    const difference = compareBaselines(old, fresh);
    expect(difference).toMatchObject({ added: ["fresh"], removed: ["gone"], retyped: ["type"], isDifferent: true });
    expect(difference.columns.map((column) => column.name)).toEqual(["wild", "calm"]);
  });

  it("compares predictions and confidence whatever their names are", () => {
    const of = (name: string, shift: number): Baseline =>
      built(
        [tableOf({ [name]: normals(3000, 7, shift), s: normals(3000, 8).map((value) => 1 / (1 + Math.exp(value))) })],
        {
          roles: { prediction: name, score: "s" },
        },
      ).baseline;
    const difference = compareBaselines(of("y", 0), of("answer", 2));
    expect(difference.columns.map(({ role }) => role)).toEqual(["prediction", "confidence"]);
    expect(difference.columns.map(({ psi }) => psi >= 0.05)).toEqual([true, false]);
    expect(compareBaselines(of("y", 0), baselineOf({})).removed).toEqual(["prediction", "confidence"]);
  });

  it("keeps a feature that is called as the prediction apart from it", () => {
    const old = built([tableOf({ prediction: [1, 2], y: ["a", "b"] })], { roles: { prediction: "y" } }).baseline;
    expect(
      compareBaselines(old, old)
        .columns.map(({ role }) => role)
        .sort(),
    ).toEqual(["feature", "prediction"]);
  });

  it("never gives anything but a finite number", () => {
    const cell = fc.oneof(fc.double(), fc.constantFrom(null, 1e308, -1e308, Number.MAX_VALUE));
    fc.assert(
      fc.property(fc.array(cell), fc.array(cell), (a, b) => {
        const { columns } = compareBaselines(baselineOf({ x: a, y: ["k"] }), baselineOf({ x: b, y: ["k"] }));
        for (const { psi, jensenShannon } of columns) expect([psi, jensenShannon].every(Number.isFinite)).toBe(true);
      }),
    );
  });
});

describe("massBelow", () => {
  it("is exact at the edges and ascends between them", () => {
    const distribution = numeric(baselineOf({ x: normals(1000, 9) }), "x");
    let sum = 0;
    distribution.counts.forEach((count, bin) => {
      expect(massBelow(distribution, [distribution.edges[bin]!])).toEqual([sum]);
      sum += count;
    });
    const at = Array.from({ length: 200 }, (_, index) => -4 + index / 25);
    const masses = massBelow(distribution, at);
    expect([...masses].sort((a, b) => a - b)).toEqual(masses);
    expect(massBelow(distribution, [-1e308, 1e308])).toEqual([0, 1000]);
  });
});
