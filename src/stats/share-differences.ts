import { requireLength, totalOf } from "./cell-counts.ts";

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
