import { requireLength } from "./cell-counts.ts";

/**
 * Area under the ROC curve from two histograms of scores over the same bins, lowest scores first: the chance that a
 * positive has a higher score than a negative, where two in one bin count half. 0 to 1; it nears the exact area as
 * bins narrow, and is off by at most half the chance that a positive and a negative share a bin. Undefined when either
 * side is empty.
 *
 * Source: trapezoids as in Fawcett, An introduction to ROC analysis (2006), which is the Mann–Whitney statistic of
 * Hanley and McNeil (1982).
 */
export function rocAucFromHistograms(positives: ArrayLike<number>, negatives: ArrayLike<number>): number | undefined {
  requireLength(negatives, positives.length);
  const area = new RocArea();
  for (let i = 0; i < positives.length; i++) area.add(positives[i]!, negatives[i]!);
  return area.value();
}

/**
 * Area under the ROC curve of scores with their labels, ties counting half; exact. Undefined unless there are positives
 * and negatives. Scores are numbers, infinite ones too; rows with NaN are left out. O(n log n).
 */
export function rocAuc(scores: ArrayLike<number>, isPositive: ArrayLike<boolean | number>): number | undefined {
  requireLength(isPositive, scores.length);
  const area = new RocArea();
  for (const rows of groupsByScore(scores)) {
    let positives = 0;
    for (const row of rows) if (isPositive[row]) positives++;
    area.add(positives, rows.length - positives);
  }
  return area.value();
}

/**
 * Area under the expected ROC curve without labels: each row is a positive with its calibrated probability p and a
 * negative with 1−p, ranked by p. Probabilities outside 0 to 1 count as the nearer end, rows with NaN are left
 * out; a weight stands for that many rows. Undefined when all rows are sure to be of one class. O(n log n).
 *
 * Source: see {@link expectedConfusion}.
 */
export function expectedRocAuc(probabilities: ArrayLike<number>, weights?: ArrayLike<number>): number | undefined {
  if (weights !== undefined) requireLength(weights, probabilities.length);
  const area = new RocArea();
  for (const rows of groupsByScore(probabilities)) {
    for (const row of rows) {
      const p = Math.min(1, Math.max(0, probabilities[row]!));
      const weight = weights === undefined ? 1 : weights[row]!;
      area.add(weight * p, weight * (1 - p));
    }
  }
  return area.value();
}

/** Row numbers in ascending order of score, rows of equal scores together. */
function groupsByScore(scores: ArrayLike<number>): number[][] {
  const ascending = Uint32Array.from({ length: scores.length }, (_, i) => i)
    .filter((row) => !Number.isNaN(scores[row]))
    .sort((a, b) => compare(scores[a]!, scores[b]!));
  const groups: number[][] = [];
  let score = NaN;
  for (const row of ascending) {
    if (scores[row] === score) groups.at(-1)?.push(row);
    else groups.push([row]);
    score = scores[row]!;
  }
  return groups;
}

/** Not a − b, which is NaN for two infinite scores. */
function compare(a: number, b: number): number {
  return Number(a > b) - Number(a < b);
}

/** Adds up pairs of a positive and a negative, cells of ascending score. */
class RocArea {
  #positives = 0;
  #negatives = 0;
  #pairs = 0;

  add(positives: number, negatives: number): void {
    this.#pairs += positives * (this.#negatives + negatives / 2);
    this.#positives += positives;
    this.#negatives += negatives;
  }

  value(): number | undefined {
    if (!(this.#positives > 0 && this.#negatives > 0)) return undefined;
    return Math.min(1, this.#pairs / this.#positives / this.#negatives);
  }
}
