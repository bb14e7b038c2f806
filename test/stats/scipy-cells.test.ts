/** Every statistic of cells and samples against SciPy, on tables drawn at random. */
import { describe, expect, it } from "vitest";

import { chiSquaredTest } from "../../src/stats/chi-squared.ts";
import { jensenShannonDistance, psi, maxShareDifference, totalVariation } from "../../src/stats/cell-distances.ts";
import { binnedKolmogorovSmirnov, kolmogorovSmirnov, kolmogorovUpperTail } from "../../src/stats/kolmogorov-smirnov.ts";
import { binnedWasserstein, wasserstein } from "../../src/stats/wasserstein.ts";
import answers from "../fixtures/scipy-known-answers.data.json" with { type: "json" };
import { expectRelative } from "./expect-relative.ts";

describe.each(answers.cells)("counts $baseline against $current", ({ baseline, current, ...expected }) => {
  it("have SciPy's chi-squared test", () => {
    const [statistic, degreesOfFreedom, pValue] = expected.chiSquared as [number, number, number];
    const test = chiSquaredTest(baseline, current);
    expectRelative(test.statistic, statistic, 1e-11);
    expect(test.degreesOfFreedom).toBe(degreesOfFreedom);
    expectRelative(test.pValue, pValue, 1e-9);
  });

  it("have SciPy's distances", () => {
    expectRelative(psi(baseline, current), expected.psi, 1e-11);
    expectRelative(jensenShannonDistance(baseline, current), expected.jensenShannon, 1e-11);
    expectRelative(totalVariation(baseline, current), expected.totalVariation, 1e-12);
    expectRelative(maxShareDifference(baseline, current), expected.largestDifference, 1e-12);
  });

  it("have SciPy's Kolmogorov–Smirnov test in the limit", () => {
    const [distance, pValue] = expected.kolmogorovSmirnov as [number, number];
    const test = binnedKolmogorovSmirnov(baseline, current);
    expectRelative(test.distance, distance, 1e-12);
    expectRelative(test.pValue, pValue, 1e-9);
  });
});

describe("samples and bins", () => {
  it.each(answers.samples)(
    "$baseline.length raw values have SciPy's distances",
    ({ baseline, current, ...expected }) => {
      expectRelative(kolmogorovSmirnov(baseline, current).distance, expected.distance, 1e-12);
      expectRelative(wasserstein(baseline, current), expected.wasserstein, 1e-12);
    },
  );

  it.each(answers.binnedWasserstein)("$edges have the integral that SciPy finds", (given) => {
    const { edges, baseline, current, distance } = given;
    expectRelative(binnedWasserstein(edges, baseline, current), distance, 1e-9);
  });

  it.each(answers.kolmogorovUpperTail)("the Kolmogorov tail at %d is SciPy's", (x, expected) => {
    expectRelative(kolmogorovUpperTail(x), expected, 1e-12);
  });
});
