/** How far the shares of two sets of counts lie apart. */
import { requireLength, totalOf } from "./cell-counts.ts";

/**
 * Population stability index: how far a distribution moved from its baseline, Σ(q−p)·ln(q/p), in nats, ≥ 0 and
 * symmetric. Shares are (count+½)/(total+k/2) on both sides, so that an empty cell costs as much as half a row and
 * never infinity. Counts are ≥ 0 and need not be whole. Exactly 0 for equal counts and for no cells; a side without
 * rows counts as uniform, so ask for rows before you publish it.
 *
 * It is biased: see {@link debiasedPsi}. Cells that both sides leave empty are counted unchanged: see
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
 * A PSI minus its expectation under pure chance, (k−1)(1/n+1/m) for k cells, n current and m baseline rows; not below 0. Also 0
 * when there is one cell, or a side has no rows.
 *
 * Source: without drift PSI is (1/n+1/m) times a chi-squared variable with k−1 degrees of freedom, Yurdakul and
 * Naranjo, Statistical properties of the population stability index, Journal of Risk Model Validation 14(4), 2020.
 */
export function debiasedPsi(psi: number, cells: number, currentRows: number, baselineRows: number): number {
  if (cells <= 1) return 0;
  return Math.max(0, psi - (cells - 1) * (1 / currentRows + 1 / baselineRows));
}

/**
 * Jensen–Shannon distance of two sets of counts, √(½KL(p‖M)+½KL(q‖M)) with M = (p+q)/2: 0 for the same shares, 1 for
 * shares that have no cell in common; symmetric, and a metric. Logarithms to base 2, raw shares without smoothing. 0
 * when a side has no rows: there is nothing to compare.
 *
 * Source: Lin, Divergence measures based on the Shannon entropy (1991); that its root is a metric: Endres and
 * Schindelin (2003).
 */
export function jensenShannonDistance(baselineCounts: ArrayLike<number>, currentCounts: ArrayLike<number>): number {
  requireLength(currentCounts, baselineCounts.length);
  const baselineTotal = totalOf(baselineCounts);
  const currentTotal = totalOf(currentCounts);
  if (baselineTotal === 0 || currentTotal === 0) return 0;
  let sum = 0;
  for (let i = 0; i < baselineCounts.length; i++) {
    const before = baselineCounts[i]! / baselineTotal;
    const now = currentCounts[i]! / currentTotal;
    if (before + now > 0) sum += (before + now) * divergence((now - before) / (before + now));
  }
  return Math.min(1, Math.sqrt(Math.max(0, sum) / (4 * Math.LN2)));
}

/**
 * (1+d)·ln(1+d) + (1−d)·ln(1−d), from 0 at d = 0 to 2·ln 2 at d = ±1. Written with the difference because the plain sum
 * of p·log p loses half its digits where the shares are nearly equal, and the root doubles that.
 */
function divergence(difference: number): number {
  if (Math.abs(difference) >= 1) return 2 * Math.LN2;
  return (1 + difference) * Math.log1p(difference) + (1 - difference) * Math.log1p(-difference);
}

/**
 * Total variation distance, ½Σ|p−q|: the part of the rows that would have to change cell to make the shares equal, 0 to
 * 1. 0 when a side has no rows.
 *
 * Source: Levin, Peres and Wilmer, Markov Chains and Mixing Times, proposition 4.2.
 */
export function totalVariation(baselineCounts: ArrayLike<number>, currentCounts: ArrayLike<number>): number {
  let sum = 0;
  forEachDifference(baselineCounts, currentCounts, (difference) => (sum += difference));
  return Math.min(1, sum / 2);
}

/**
 * The largest |p−q| of any cell, 0 to 1, at most {@link totalVariation}. 0 when a side has no rows.
 *
 * Source: Chebyshev's distance (L∞) of the shares.
 */
export function maxShareDifference(baselineCounts: ArrayLike<number>, currentCounts: ArrayLike<number>): number {
  let largest = 0;
  forEachDifference(baselineCounts, currentCounts, (difference) => (largest = Math.max(largest, difference)));
  return largest;
}

function forEachDifference(
  baselineCounts: ArrayLike<number>,
  currentCounts: ArrayLike<number>,
  visit: (difference: number) => void,
): void {
  requireLength(currentCounts, baselineCounts.length);
  const baselineTotal = totalOf(baselineCounts);
  const currentTotal = totalOf(currentCounts);
  if (baselineTotal === 0 || currentTotal === 0) return;
  for (let i = 0; i < baselineCounts.length; i++) {
    const before = baselineCounts[i]! / baselineTotal;
    visit(Math.abs(currentCounts[i]! / currentTotal - before));
  }
}
