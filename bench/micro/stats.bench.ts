/** Statistics of one feature's window: 20 bins with their four extra cells, and what a verdict over 500 features adds. */
import { benjaminiHochberg } from "../../src/stats/benjamini-hochberg.ts";
import { usedCells } from "../../src/stats/cell-counts.ts";
import { chiSquaredTest, chiSquaredUpperTail } from "../../src/stats/chi-squared.ts";
import { expectedConfusion } from "../../src/stats/binary-confusion.ts";
import { evaluateIsotonic, fitIsotonic } from "../../src/stats/isotonic-regression.ts";
import {
  jensenShannonDistance,
  debiasedPsi,
  psi,
  maxShareDifference,
  totalVariation,
} from "../../src/stats/cell-distances.ts";
import { binnedKolmogorovSmirnov } from "../../src/stats/kolmogorov-smirnov.ts";
import { expectedRocAuc } from "../../src/stats/roc-auc.ts";
import { twoProportionTest, wilsonInterval } from "../../src/stats/proportions.ts";
import { binnedWasserstein } from "../../src/stats/wasserstein.ts";
import type { MicroCases } from "./run-micro.ts";

const features = 500;
const bins = 20;
const edges = Float64Array.from({ length: bins + 1 }, (_, i) => i);
/** Below, the bins, above. */
const ordered = (size: number, phase: number): Float64Array =>
  Float64Array.from({ length: bins + 2 }, (_, i) => Math.round(size * (1.2 + Math.sin(i + phase))));
const baseline = ordered(250, 0);
const current = ordered(50, 0.2);
const pValues = Float64Array.from({ length: features }, (_, i) => (Math.sin(i * 12.9898) + 1) / 2);
const chances = Float64Array.from({ length: 1000 }, (_, i) => (Math.sin(i * 78.233) + 1) / 2);
const isPositive = chances.map((p) => (p > 0.5 ? 1 : 0));
const map = fitIsotonic(chances, isPositive);

function verdictOfFeature(): number {
  const used = usedCells(baseline, current);
  const { pValue } = chiSquaredTest(baseline, current, { kind: "ordered" });
  const { distance } = binnedKolmogorovSmirnov(baseline, current);
  return (
    pValue +
    distance +
    debiasedPsi(psi(used.baseline, used.current), used.baseline.length, 1200, 6000) +
    jensenShannonDistance(baseline, current) +
    totalVariation(baseline, current) +
    maxShareDifference(baseline, current) +
    binnedWasserstein(edges, baseline, current) +
    twoProportionTest(5, 6000, 3, 1200).pValue +
    twoProportionTest(0, 6000, 9, 1200).pValue
  );
}

/** The cases, by name. */
export const cases: MicroCases = {
  "psi, 22 cells": () => psi(baseline, current),
  "jensen-shannon, 22 cells": () => jensenShannonDistance(baseline, current),
  "chi-squared with merging, 22 cells": () => chiSquaredTest(baseline, current, { kind: "ordered" }),
  "chi-squared tail, p about 1e-200": () => chiSquaredUpperTail(1000, 23),
  "kolmogorov-smirnov, 22 cells": () => binnedKolmogorovSmirnov(baseline, current),
  "wasserstein, 22 cells": () => binnedWasserstein(edges, baseline, current),
  "everything for one feature": verdictOfFeature,
  "benjamini-hochberg, 500 features": () => benjaminiHochberg(pValues),
  "wilson interval": () => wilsonInterval(930, 1000),
  "isotonic map, one probability": () => evaluateIsotonic(map, 0.37),
  "expected confusion, 1,000 rows": () => expectedConfusion(isPositive, chances),
  "expected auc, 1,000 rows": () => expectedRocAuc(chances),
};
