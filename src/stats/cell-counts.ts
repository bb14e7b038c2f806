/** Counts of the same cells on two sides: the baseline's and the current window's. */
export interface CellPair {
  readonly baseline: ArrayLike<number>;
  readonly current: ArrayLike<number>;
}

/** The sum of counts; 0 without any. O(n). */
export function totalOf(counts: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  return total;
}

/** Throws a `RangeError` when two arrays that belong together differ in length: their cells would not be the same. */
export function requireLength(given: ArrayLike<unknown>, expected: number): void {
  if (given.length !== expected) throw new RangeError(`expected ${expected} values, got ${given.length}`);
}

/**
 * Leaves out the cells that are empty on both sides. What is left, `baseline.length`, is the number of cells k that
 * a comparison has to pay for: an unused cell carries no information, but would still dilute the shares of
 * a PSI and count in its bias.
 */
export function usedCells(baselineCounts: ArrayLike<number>, currentCounts: ArrayLike<number>): CellPair {
  requireLength(currentCounts, baselineCounts.length);
  const baseline: number[] = [];
  const current: number[] = [];
  for (let i = 0; i < baselineCounts.length; i++) {
    const before = baselineCounts[i]!;
    const now = currentCounts[i]!;
    if (before === 0 && now === 0) continue;
    baseline.push(before);
    current.push(now);
  }
  return { baseline, current };
}

/**
 * How many independent observations the rows of a window are worth, (Σr)²/Σr² for requests of r rows each: the
 * number of requests when all have the same size, less when a few are large. Rows of one request are alike, so tests
 * that took each as independent would raise false alarms. 0 without rows.
 *
 * Source: Kish, Survey Sampling (1965), section 11.7: requests are the sample, and their rows its weights.
 */
export function effectiveSampleSize(sumOfRows: number, sumOfSquaredRows: number): number {
  return sumOfSquaredRows > 0 ? sumOfRows * (sumOfRows / sumOfSquaredRows) : 0;
}
