import { requireLength, totalOf, usedCells, type CellPair } from "./cell-counts.ts";

/**
 * Expected rows that a cell needs on either side: below that the chi-squared distribution is a poor guide (Cochran
 * 1954).
 */
export const minExpectedRows = 5;

/**
 * Which cells too small for a chi-squared test join which others. A cell is too small when fewer than
 * {@link minExpectedRows} are expected in it on either side, from the rows of both sides together.
 *
 * - `none`: all stay; only cells that are empty on both sides go.
 * - `ordered`: from the first cell to the last, cells are added up until the sum is large enough; a rest that stays too
 *   small joins the sum before it. For bins, in the order below, bins, above.
 * - `unordered`: all cells that are too small are added up, in the cell `other` if one is named; if the sum is still
 *   too small, it joins the smallest cell that is large enough (the first of several). For categories.
 */
export type CellMerging =
  | { readonly kind: "none" }
  | { readonly kind: "ordered" }
  | { readonly kind: "unordered"; readonly other?: number };

/**
 * Merges cells as {@link CellMerging} says. Only the sums of both sides decide which, so a test on the result keeps its
 * level, and it does not matter which side is called the baseline. Gives one cell, with everything, when no two are
 * large enough.
 */
export function mergeCells(
  baselineCounts: ArrayLike<number>,
  currentCounts: ArrayLike<number>,
  merging: CellMerging,
): CellPair {
  requireLength(currentCounts, baselineCounts.length);
  if (merging.kind === "none") return usedCells(baselineCounts, currentCounts);
  const groups = new CellGroups(baselineCounts, currentCounts);
  return merging.kind === "ordered" ? groups.mergeNeighbours() : groups.mergeSmall(merging.other ?? -1);
}

/** The merged cells while they are made. */
class CellGroups {
  readonly #from: CellPair;
  readonly #smallerSide: number;
  readonly #bothSides: number;
  readonly #baseline: number[] = [];
  readonly #current: number[] = [];

  constructor(baseline: ArrayLike<number>, current: ArrayLike<number>) {
    this.#from = { baseline, current };
    const baselineTotal = totalOf(baseline);
    const currentTotal = totalOf(current);
    this.#smallerSide = Math.min(baselineTotal, currentTotal);
    this.#bothSides = baselineTotal + currentTotal;
  }

  mergeNeighbours(): CellPair {
    let baseline = 0;
    let current = 0;
    for (let i = 0; i < this.#from.baseline.length; i++) {
      baseline += this.#from.baseline[i]!;
      current += this.#from.current[i]!;
      if (!this.#isLargeEnough(baseline + current)) continue;
      this.#push(baseline, current);
      baseline = 0;
      current = 0;
    }
    this.#join(this.#baseline.length - 1, baseline, current);
    return { baseline: this.#baseline, current: this.#current };
  }

  mergeSmall(other: number): CellPair {
    let baseline = 0;
    let current = 0;
    for (let i = 0; i < this.#from.baseline.length; i++) {
      const before = this.#from.baseline[i]!;
      const now = this.#from.current[i]!;
      if (i !== other && this.#isLargeEnough(before + now)) {
        this.#push(before, now);
      } else {
        baseline += before;
        current += now;
      }
    }
    if (this.#isLargeEnough(baseline + current)) this.#push(baseline, current);
    else this.#join(this.#smallest(), baseline, current);
    return { baseline: this.#baseline, current: this.#current };
  }

  #isLargeEnough(rows: number): boolean {
    return rows > 0 && rows * this.#smallerSide >= minExpectedRows * this.#bothSides;
  }

  #smallest(): number {
    let smallest = -1;
    let fewest = Infinity;
    for (let i = 0; i < this.#baseline.length; i++) {
      const rows = this.#baseline[i]! + this.#current[i]!;
      if (rows >= fewest) continue;
      smallest = i;
      fewest = rows;
    }
    return smallest;
  }

  #push(baseline: number, current: number): void {
    this.#baseline.push(baseline);
    this.#current.push(current);
  }

  /** Adds rows to a group, or makes the first one of them. */
  #join(group: number, baseline: number, current: number): void {
    if (baseline === 0 && current === 0) return;
    if (group < 0) {
      this.#push(baseline, current);
      return;
    }
    this.#baseline[group]! += baseline;
    this.#current[group]! += current;
  }
}
