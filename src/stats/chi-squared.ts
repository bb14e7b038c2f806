import { totalOf } from "./cell-counts.ts";
import { mergeCells, type CellMerging } from "./cell-merging.ts";
import { upperIncompleteGamma } from "./gamma-function.ts";

/** Result of {@link chiSquaredTest}. */
export interface ChiSquaredResult {
  /** ≥ 0. */
  readonly statistic: number;
  /** Number of cells after merging, minus one. 0: no test was possible. */
  readonly degreesOfFreedom: number;
  /** Chance of a statistic at least as large without drift; 1 when no test was possible. */
  readonly pValue: number;
}

/**
 * Two-sample chi-squared test: did both sides draw from the same distribution? Pearson's statistic over the 2×k
 * table, without Yates' correction. Both sides are samples: a baseline taken as exact would raise false alarms by the
 * dozen. Counts are ≥ 0 and may be scaled to an effective sample size. When fewer than two cells are left, or a side
 * has no rows, no test is possible: statistic 0, no degrees of freedom, p 1.
 *
 * Source: Pearson (1900); the test of homogeneity in Agresti, Categorical Data Analysis, section 3.2.
 */
export function chiSquaredTest(
  baselineCounts: ArrayLike<number>,
  currentCounts: ArrayLike<number>,
  merging: CellMerging = { kind: "none" },
): ChiSquaredResult {
  const { baseline, current } = mergeCells(baselineCounts, currentCounts, merging);
  const baselineTotal = totalOf(baseline);
  const currentTotal = totalOf(current);
  if (baselineTotal === 0 || currentTotal === 0) {
    return { statistic: 0, degreesOfFreedom: 0, pValue: 1 };
  }
  // Σ(O−E)²/E over both rows of the table, which in shares is nm/(n+m)·Σ(p−q)²/(share of the cell on both sides).
  let sum = 0;
  for (let i = 0; i < baseline.length; i++) {
    const before = baseline[i]!;
    const now = current[i]!;
    const share = (before + now) / (baselineTotal + currentTotal);
    const difference = now / currentTotal - before / baselineTotal;
    if (share > 0) sum += difference * (difference / share);
  }
  const statistic = sum / (1 / baselineTotal + 1 / currentTotal);
  const degreesOfFreedom = baseline.length - 1;
  return { statistic, degreesOfFreedom, pValue: chiSquaredUpperTail(statistic, degreesOfFreedom) };
}

/**
 * Chance that a chi-squared variable is at least `statistic`; relative error below 1e-10 for 1 to 500 degrees of
 * freedom down to 1e-300. 1 for 0 degrees of freedom.
 *
 * Source: Abramowitz and Stegun 26.4.19.
 */
export function chiSquaredUpperTail(statistic: number, degreesOfFreedom: number): number {
  return degreesOfFreedom > 0 ? upperIncompleteGamma(degreesOfFreedom / 2, statistic / 2) : 1;
}
