import { describe, expect, it } from "vitest";

import { computeStatistics, type Statistics } from "../../../src/drift/verdict/statistics.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";
import { categorical, normalCells, normalFeature, numeric } from "../support/some-baselines.ts";

const words = (counts: readonly number[]): Readonly<Record<string, number>> =>
  Object.fromEntries(counts.map((count, index) => [`v${index}`, count]));

/** Compares the counts of words; words are in no order, so that no cells but too small ones are merged. */
function compareWords(reference: readonly number[], current: readonly number[]): Statistics {
  const cells = Float64Array.from([...current, 0, 0, 0]);
  return computeStatistics({
    distribution: categorical("x", words(reference)),
    cells,
    effectiveRows: current.reduce((sum, count) => sum + count, 0),
  });
}

describe("known answers through the statistics of a target", () => {
  it.each([
    {
      name: "six categories",
      reference: [16, 18, 16, 14, 12, 12],
      current: [16, 16, 16, 16, 16, 8],
      expected: { chi_squared: 1.622409, p: 0.898526, js: 0.081734, tvd: 0.068182, linf: 0.045455, psi: 0.03451 },
    },
    {
      name: "three categories",
      reference: [10, 10, 20],
      current: [20, 20, 20],
      expected: { chi_squared: 2.777778, degrees_of_freedom: 2, p: 0.249352, psi: 0.107478, js: 0.143947 },
    },
    {
      name: "10 % to 11 %",
      reference: [9000, 1000],
      current: [8900, 1100],
      expected: { chi_squared: 5.320564, p: 0.021075, psi: 0.001064, js: 0.013855, tvd: 0.01 },
    },
    {
      name: "identical",
      reference: [500, 300, 150, 50],
      current: [500, 300, 150, 50],
      expected: { chi_squared: 0, p: 1, psi: 0, js: 0, tvd: 0, linf: 0, score: 0 },
    },
    {
      name: "disjoint",
      reference: [100, 0],
      current: [0, 100],
      expected: { js: 1, tvd: 1, linf: 1, psi: 10.501594, p: 2.08849e-45 },
    },
  ])("$name", ({ reference, current, expected }) => {
    const found = compareWords(reference, current);
    for (const [name, value] of Object.entries(expected)) {
      expect(found[name as keyof Statistics], name).toBeCloseTo(value, 5);
    }
  });

  it("a ramp of ten bins is significant and tiny", () => {
    const found = computeStatistics({
      distribution: numeric("x", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], {
        counts: Array.from({ length: 10 }, () => 1000),
      }),
      cells: Float64Array.from([800, 850, 900, 950, 1000, 1000, 1050, 1100, 1150, 1200, 0, 0, 0, 0]),
      effectiveRows: 10_000,
    });
    expect(found.p / 1.226134e-12).toBeCloseTo(1, 5);
    expect(found.psi).toBeCloseTo(0.015135, 5);
    expect(found.js).toBeCloseTo(0.052237, 5);
    expect(found.score).toBeLessThan(0.05);
  });

  it.each([
    { shift: 0.1, ks: 0.039878, wasserstein: 0.1, psi: 0.009831, js: 0.04244 },
    { shift: 0.5, ks: 0.197413, wasserstein: 0.5, psi: 0.244671, js: 0.209117 },
  ])("N(0, 1) against N($shift, 1) comes to the closed forms", ({ shift, ks, wasserstein, psi, js }) => {
    const rows = 1e8;
    const compare = (edges: readonly number[]): Statistics => {
      const cells = (by: number): readonly number[] =>
        normalCells(numeric("x", edges), by).map((chance) => chance * rows);
      const counts = cells(0).slice(0, edges.length - 1);
      return computeStatistics({
        distribution: numeric("x", edges, { counts, quartiles: [-0.67449, 0, 0.67449] }),
        cells: Float64Array.from(cells(shift)),
        effectiveRows: rows,
      });
    };
    const lower = [-6, -1.644854, -1.281552, -1.036433, -0.841621, -0.67449, -0.524401, -0.38532, -0.253347, -0.125661];
    const vigintiles = compare([...lower, 0, ...lower.map((edge) => -edge).reverse()]);
    expect(vigintiles.psi).toBeCloseTo(psi, 5);
    expect(vigintiles.score).toBeCloseTo(psi, 5);
    // Over bins a distance in shares is a lower bound.
    expect(vigintiles.js).toBeLessThan(js);
    expect(vigintiles.ks).toBeLessThanOrEqual(ks + 1e-6);
    const fine = compare(Array.from({ length: 1301 }, (_, index) => (index - 650) / 100));
    expect(fine.js).toBeCloseTo(js, 4);
    expect(fine.ks).toBeCloseTo(ks, 5);
    expect(fine.wasserstein).toBeCloseTo(wasserstein, 4);
  });
});

describe("statistics of a target", () => {
  it("are not blinded by a single outlier in the baseline", () => {
    const feature = normalFeature("x", 10_000, seededRandom(5));
    const withOutlier = { ...feature, edges: [...feature.edges.slice(0, -1), 1e6], standardDeviation: 10_000 };
    const cells = Float64Array.from(normalCells(withOutlier, 0.5), (chance) => chance * 10_000);
    const found = computeStatistics({ distribution: withOutlier, cells, effectiveRows: 10_000 });
    expect(found.score).toBeGreaterThan(0.2);
    expect(found.ks).toBeGreaterThan(0.17);
    expect(found.p).toBeLessThan(1e-100);
  });

  it("scale counts to the effective rows in every test", () => {
    const distribution = categorical("x", { a: 1000, b: 1000 });
    const at = (effectiveRows: number): Statistics =>
      computeStatistics({ distribution, cells: Float64Array.from([5500, 4500, 0, 0, 0]), effectiveRows });
    expect(at(10_000).p).toBeLessThan(0.001);
    expect(at(100).p).toBeGreaterThan(0.1);
    expect(at(100).score).toBe(0);
    expect(at(100).js).toBe(at(10_000).js);
  });

  it("leave cells out that are empty on both sides", () => {
    const with20 = numeric("x", [0, 1, 2, 3], { counts: [500, 0, 500] });
    const found = computeStatistics({
      distribution: with20,
      cells: Float64Array.from([500, 0, 500, 0, 0, 0, 0]),
      effectiveRows: 1000,
    });
    expect(found).toMatchObject({ psi: 0, score: 0, degrees_of_freedom: 1, p: 1 });
  });

  it("test missing rows on their own, and in the distribution when there are enough", () => {
    const distribution = numeric("x", [0, 1, 2], { counts: [500, 500] });
    const found = computeStatistics({
      distribution,
      cells: Float64Array.from([400, 400, 0, 0, 200, 0]),
      effectiveRows: 1000,
    });
    expect(found).toMatchObject({ missing: 0.2, missing_baseline: 0, degrees_of_freedom: 2 });
    expect(found.missing_p).toBeLessThan(1e-40);
    expect(found.missing_score).toBeGreaterThan(0.2);
    expect(found.outside_p).toBeNaN();
    const few = computeStatistics({
      distribution,
      cells: Float64Array.from([499, 499, 0, 0, 1, 1]),
      effectiveRows: 1000,
    });
    expect(few).toMatchObject({ degrees_of_freedom: 1, chi_squared: 0, invalid: 0.001 });
    const both = computeStatistics({
      distribution,
      cells: Float64Array.from([400, 400, 0, 0, 100, 100]),
      effectiveRows: 1000,
    });
    expect(both.degrees_of_freedom).toBe(3);
  });

  it.each(["numeric", "categorical"])("see %s values that the baseline never had", (kind) => {
    const distribution =
      kind === "numeric" ? numeric("x", [0, 1, 2], { counts: [500, 500] }) : categorical("x", { a: 500, b: 500 });
    const cells = kind === "numeric" ? [450, 450, 50, 50, 0, 0] : [450, 450, 0, 100, 0];
    const found = computeStatistics({ distribution, cells: Float64Array.from(cells), effectiveRows: 1000 });
    expect(found.outside).toBeCloseTo(0.1, 10);
    expect(found.outside_p).toBeLessThan(1e-20);
    expect(found.outside_score).toBeGreaterThan(0.05);
  });

  it.each([
    ["an empty window", numeric("x", [0, 1, 2]), new Float64Array(6), 0],
    ["an empty baseline", numeric("x", [0, 1], { counts: [0] }), Float64Array.from([9, 0, 0, 0, 0]), 9],
    ["a baseline without a number", numeric("x", [], { missing: 10 }), Float64Array.from([0, 9, 0, 0]), 9],
    ["a constant", numeric("x", [3, 3.0000000000000004]), Float64Array.from([9, 0, 0, 0, 0]), 9],
    ["no values", categorical("x", {}), Float64Array.from([0, 9, 0]), 9],
  ])("of %s are finite or NaN, and a score is a number", (_, distribution, cells, effectiveRows) => {
    const found = computeStatistics({ distribution, cells, effectiveRows });
    expect(Object.values(found).every((value) => Number.isFinite(value) || Number.isNaN(value))).toBe(true);
    expect(found.score).toBeGreaterThanOrEqual(0);
    expect(found.missing_score).toBeGreaterThanOrEqual(0);
  });
});
