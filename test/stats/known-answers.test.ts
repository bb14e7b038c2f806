/** The agreed answers for drift, to 1e-5: tables of counts, raw samples, and closed forms for shifted normals. */
import { describe, expect, it } from "vitest";

import { chiSquaredTest } from "../../src/stats/chi-squared.ts";
import {
  jensenShannonDistance,
  debiasedPsi,
  psi,
  maxShareDifference,
  totalVariation,
} from "../../src/stats/cell-distances.ts";
import { binnedKolmogorovSmirnov, kolmogorovSmirnov, kolmogorovUpperTail } from "../../src/stats/kolmogorov-smirnov.ts";
import { normalUpperQuantile, normalUpperTail } from "../../src/stats/normal-distribution.ts";
import { binnedWasserstein, wasserstein } from "../../src/stats/wasserstein.ts";
import answers from "../fixtures/drift-known-answers.data.json" with { type: "json" };
import { expectRelative } from "./expect-relative.ts";

const tables = [
  answers.A_evidently_6cat,
  answers.B_scipy_table,
  answers.C_ramp10,
  answers.D_unseen_category,
  answers.E_binary_10_to_11pct,
  answers.F_identical,
  answers.G_disjoint,
];

describe("tables of counts", () => {
  it.each(tables)("$ref against $cur", ({ ref, cur, ...expected }) => {
    const [statistic, degreesOfFreedom, pValue] = expected.chi2_two_sample as [number, number, number];
    const test = chiSquaredTest(ref, cur);
    expect(test.statistic).toBeCloseTo(statistic, 9);
    expect(test.degreesOfFreedom).toBe(degreesOfFreedom);
    expectRelative(test.pValue, pValue, 1e-9);
    expect(psi(ref, cur)).toBeCloseTo(expected.psi, 12);
    expect(jensenShannonDistance(ref, cur)).toBeCloseTo(expected.js_distance_base2, 12);
    expect(totalVariation(ref, cur)).toBeCloseTo(expected.tvd, 14);
    expect(maxShareDifference(ref, cur)).toBeCloseTo(expected.linf, 14);
  });

  it("finds a tiny effect highly significant: size and significance are two questions", () => {
    const { ref, cur } = answers.C_ramp10;
    expect(chiSquaredTest(ref, cur, { kind: "ordered" }).pValue).toBeLessThan(1e-11);
    expect(debiasedPsi(psi(ref, cur), 10, 10_000, 10_000)).toBeLessThan(0.014);
  });
});

describe("raw samples", () => {
  it.each([answers.H_evidently_8x8, answers.J_ties])("$ref against $cur", ({ ref, cur, w1, ks_d: distance }) => {
    expect(wasserstein(ref, cur)).toBeCloseTo(w1, 12);
    expect(kolmogorovSmirnov(ref, cur).distance).toBeCloseTo(distance, 14);
  });
});

describe("the Kolmogorov distribution", () => {
  it.each(Object.entries(answers.kolmogorov_upper_tail))("has %d in its upper tail", (x, expected) => {
    expectRelative(kolmogorovUpperTail(Number(x)), expected, 1e-12);
  });
});

describe("shifted normal distributions", () => {
  /** So many rows that half a row a cell is nothing. */
  const rows = 1e12;

  function countsBetween(edges: readonly number[], mean: number): number[] {
    const above = [1, ...edges.map((edge) => normalUpperTail(edge - mean)), 0];
    return above.slice(1).map((tail, i) => rows * ((above[i] ?? 0) - tail));
  }

  function quantileEdges(bins: number): number[] {
    return Array.from({ length: bins - 1 }, (_, i) => normalUpperQuantile(1 - (i + 1) / bins));
  }

  it.each([
    [0.1, answers["N(0,1)vsN(0.1,1)_closedform"]],
    [0.5, answers["N(0,1)vsN(0.5,1)_closedform"]],
  ])("by %d σ have the closed forms in the limit", (shift, expected) => {
    const compare = (edges: readonly number[], statistic: typeof psi): number =>
      statistic(countsBetween(edges, 0), countsBetween(edges, shift));
    const fine = Array.from({ length: 3601 }, (_, i) => -9 + i * 0.005);

    expect(compare(quantileEdges(10), psi)).toBeCloseTo(expected.psi_10decile, 7);
    expect(compare(quantileEdges(20), psi)).toBeCloseTo(expected.psi_20, 7);
    expect(compare(fine, jensenShannonDistance)).toBeCloseTo(expected.js_dist_base2, 6);
    expect(compare(fine, (before, now) => binnedKolmogorovSmirnov(before, now).distance)).toBeCloseTo(expected.ks, 6);
    expect(compare(fine, (before, now) => binnedWasserstein(fine, before, now))).toBeCloseTo(expected.w1, 6);
  });

  it("are seen by quantile bins when one outlier blinds bins of equal width", () => {
    const wide = Array.from({ length: 19 }, (_, i) => ((i + 1) * 1e6) / 20);
    expect(psi(countsBetween(wide, 0), countsBetween(wide, 0.5))).toBeCloseTo(0, 5);
    expect(psi(countsBetween(quantileEdges(20), 0), countsBetween(quantileEdges(20), 0.5))).toBeGreaterThan(0.2);
  });
});
