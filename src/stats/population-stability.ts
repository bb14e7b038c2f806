import { requireLength, totalOf } from "./cell-counts.ts";

/**
 * Population stability index: how far a distribution moved from its baseline, Σ(q−p)·ln(q/p), in nats, ≥ 0 and
 * symmetric. Shares are (count+½)/(total+k/2) on both sides, so that an empty cell costs as much as half a row and
 * never infinity. Counts are ≥ 0 and need not be whole. Exactly 0 for equal counts and for no cells; a side without
 * rows counts as uniform, so ask for rows before you publish it.
 *
 * It is biased: see {@link debiasedPsi}. Cells that both sides leave empty are counted as they stand: see
 * {@link usedCells}.
 *
 * Source: Siddiqi, Credit Risk Scorecards (2006), which is Jeffreys' divergence (1946); half a row a cell is the
 * estimator of Krichevsky and Trofimov (1981).
 */
export function psi(baselineCounts: ArrayLike<number>, currentCounts: ArrayLike<number>): number {
  const cells = baselineCounts.length;
  requireLength(currentCounts, cells);
  const baselineTotal = totalOf(baselineCounts) + cells / 2;
  const currentTotal = totalOf(currentCounts) + cells / 2;
  let sum = 0;
  for (let i = 0; i < cells; i++) {
    const before = (baselineCounts[i]! + 0.5) / baselineTotal;
    const now = (currentCounts[i]! + 0.5) / currentTotal;
    sum += (now - before) * Math.log(now / before);
  }
  return sum;
}

/**
 * A PSI less what chance alone gives it, (k−1)(1/n+1/m) for k cells, n current and m baseline rows; not below 0. Also 0
 * when there is one cell, or a side has no rows.
 *
 * Source: without drift PSI is (1/n+1/m) times a chi-squared variable with k−1 degrees of freedom, Yurdakul and
 * Naranjo, Statistical properties of the population stability index, Journal of Risk Model Validation 14(4), 2020.
 */
export function debiasedPsi(psi: number, cells: number, currentRows: number, baselineRows: number): number {
  if (cells <= 1) return 0;
  return Math.max(0, psi - (cells - 1) * (1 / currentRows + 1 / baselineRows));
}
