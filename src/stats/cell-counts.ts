/** Counts of the same cells on two sides: the baseline's and the current window's. */
export interface CellPair {
  readonly baseline: ArrayLike<number>;
  readonly current: ArrayLike<number>;
}

/** The sum of counts; 0 when there are none. */
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
 * a comparison has to pay for: a cell that nobody used tells nothing, but would still dilute the shares of
 * {@link psi} and count in {@link debiasedPsi}.
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
