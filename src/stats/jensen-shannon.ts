import { requireLength, totalOf } from "./cell-counts.ts";

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
