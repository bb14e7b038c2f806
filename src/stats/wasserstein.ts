import { requireLength, totalOf } from "./cell-counts.ts";
import { sortedFinite } from "./kolmogorov-smirnov.ts";

/** Width of the middle half of a normal distribution, in standard deviations. */
const iqrOfNormal = 1.349;

/**
 * Wasserstein-1 (earth mover's) distance on bins, ∫|F−G|: how far the rows have to move on average, in the unit of the
 * edges. Rows lie evenly inside a bin; rows below and above lie on the first and the last edge, so that the distance
 * is a lower bound there. 0 when a side has no rows or there are fewer than two edges.
 *
 * `edges` are ascending and finite; the counts have one entry more than there are edges: rows below the first edge,
 * rows of each bin, rows above the last edge.
 *
 * Source: Vallender, Calculation of the Wasserstein distance between probability distributions on the line (1974).
 */
export function binnedWasserstein(
  edges: ArrayLike<number>,
  baselineCounts: ArrayLike<number>,
  currentCounts: ArrayLike<number>,
): number {
  if (edges.length < 2) return 0;
  requireLength(baselineCounts, edges.length + 1);
  requireLength(currentCounts, edges.length + 1);
  const baselineTotal = totalOf(baselineCounts);
  const currentTotal = totalOf(currentCounts);
  if (baselineTotal === 0 || currentTotal === 0) return 0;
  let baselineBelow = 0;
  let currentBelow = 0;
  let gapAtEdge = 0;
  let area = 0;
  for (let i = 0; i < edges.length; i++) {
    baselineBelow += baselineCounts[i]!;
    currentBelow += currentCounts[i]!;
    const gap = currentBelow / currentTotal - baselineBelow / baselineTotal;
    if (i > 0) area += strip(edges[i - 1]!, edges[i]!, meanAbsolute(gapAtEdge, gap));
    gapAtEdge = gap;
  }
  return Math.min(area, Number.MAX_VALUE);
}

/** Width times height; halved first, because the width of −1e308 to 1e308 is infinite, and that times 0 is NaN. */
function strip(from: number, to: number, height: number): number {
  return (to / 2 - from / 2) * height * 2;
}

/** Mean of |·| on a straight line from one value to another. */
function meanAbsolute(from: number, to: number): number {
  const sum = Math.abs(from) + Math.abs(to);
  if (from * to >= 0) return sum / 2;
  return (from * from + to * to) / (2 * sum);
}

/**
 * Wasserstein-1 distance of raw samples, which need not be sorted. Values that are not finite are left out; 0 when
 * a side has none. O((n+m) log(n+m)) and a sorted copy of each.
 */
export function wasserstein(baseline: ArrayLike<number>, current: ArrayLike<number>): number {
  const before = sortedFinite(baseline);
  const now = sortedFinite(current);
  if (before.length === 0 || now.length === 0) return 0;
  let i = 0;
  let j = 0;
  let area = 0;
  let at = Math.min(before[0]!, now[0]!);
  while (i < before.length || j < now.length) {
    const value = Math.min(before[i] ?? Infinity, now[j] ?? Infinity);
    area += strip(at, value, Math.abs(j / now.length - i / before.length));
    while (before[i] === value) i++;
    while (now[j] === value) j++;
    at = value;
  }
  return Math.min(area, Number.MAX_VALUE);
}

/**
 * A Wasserstein distance in robust standard deviations of the baseline, so that features can be compared: divided by
 * IQR/1.349, which is σ for a normal distribution and which one outlier cannot inflate. NaN when the middle half of the
 * baseline is a single value: its drift shows in the other statistics.
 */
export function standardisedWasserstein(distance: number, lowerQuartile: number, upperQuartile: number): number {
  const robustDeviation = (upperQuartile - lowerQuartile) / iqrOfNormal;
  return robustDeviation > 0 ? Math.min(distance / robustDeviation, Number.MAX_VALUE) : Number.NaN;
}
