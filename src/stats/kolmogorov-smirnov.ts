import { requireLength, totalOf } from "./cell-counts.ts";

/** Result of a Kolmogorov–Smirnov test. */
export interface KolmogorovSmirnovResult {
  /** Largest difference of the two cumulative distributions, 0 to 1. */
  readonly distance: number;
  /** Chance of a distance at least as large without drift, for many rows; conservative when there are ties or bins. */
  readonly pValue: number;
}

/**
 * Two-sample Kolmogorov–Smirnov test on counts of bins in ascending order (below, bins, above): the distance is looked
 * at between the bins only, so it is a lower bound of the true one. Exact where a bin holds one value. Distance 0 and
 * p 1 when a side has no rows.
 *
 * Source: Smirnov (1939); p is {@link kolmogorovUpperTail} at √(nm/(n+m))·D.
 */
export function binnedKolmogorovSmirnov(
  baselineCounts: ArrayLike<number>,
  currentCounts: ArrayLike<number>,
): KolmogorovSmirnovResult {
  requireLength(currentCounts, baselineCounts.length);
  const baselineTotal = totalOf(baselineCounts);
  const currentTotal = totalOf(currentCounts);
  if (baselineTotal === 0 || currentTotal === 0) return { distance: 0, pValue: 1 };
  let baselineBelow = 0;
  let currentBelow = 0;
  let distance = 0;
  for (let i = 0; i < baselineCounts.length; i++) {
    baselineBelow += baselineCounts[i]!;
    currentBelow += currentCounts[i]!;
    distance = Math.max(distance, Math.abs(currentBelow / currentTotal - baselineBelow / baselineTotal));
  }
  return resultOf(distance, baselineTotal, currentTotal);
}

/**
 * The same test on raw samples, which need not be sorted; exact distance. Values that are not finite are left out;
 * distance 0 and p 1 when a side has none. O((n+m) log(n+m)) and a sorted copy of each.
 */
export function kolmogorovSmirnov(baseline: ArrayLike<number>, current: ArrayLike<number>): KolmogorovSmirnovResult {
  const before = sortedFinite(baseline);
  const now = sortedFinite(current);
  if (before.length === 0 || now.length === 0) return { distance: 0, pValue: 1 };
  let i = 0;
  let j = 0;
  let distance = 0;
  while (i < before.length && j < now.length) {
    const value = Math.min(before[i]!, now[j]!);
    while (before[i] === value) i++;
    while (now[j] === value) j++;
    distance = Math.max(distance, Math.abs(j / now.length - i / before.length));
  }
  return resultOf(distance, before.length, now.length);
}

/**
 * Upper tail of the Kolmogorov distribution, Q(x) = 2Σ(−1)^(k−1)·exp(−2k²x²): the chance that √(nm/(n+m))·D is above x
 * when both samples come from one continuous distribution. 1 for x ≤ 0 and NaN.
 *
 * Source: Kolmogorov (1933); for small x, where that series stalls, the same function through the theta transform,
 * 1 − (√(2π)/x)·Σexp(−(2k−1)²π²/(8x²)), Feller (1948).
 */
export function kolmogorovUpperTail(x: number): number {
  // The other series' first term is below the smallest number there.
  if (!(x > 0.04)) return 1;
  return Math.min(1, Math.max(0, x < 1 ? 1 - lowerSeries(x) : upperSeries(x)));
}

/** A sorted copy of the finite values, ascending. O(n log n). */
export function sortedFinite(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).filter(Number.isFinite).sort();
}

function lowerSeries(x: number): number {
  const exponent = -(Math.PI * Math.PI) / (8 * x * x);
  let sum = 0;
  for (let k = 1; k <= 9; k += 2) sum += Math.exp(k * k * exponent);
  return (Math.sqrt(2 * Math.PI) / x) * sum;
}

function upperSeries(x: number): number {
  let sum = 0;
  for (let k = 4; k >= 1; k--) sum += (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * x * x);
  return 2 * sum;
}

function resultOf(distance: number, baselineRows: number, currentRows: number): KolmogorovSmirnovResult {
  const scale = 1 / Math.sqrt(1 / currentRows + 1 / baselineRows);
  return { distance, pValue: kolmogorovUpperTail(scale * distance) };
}
