/** Rows of a two-class model by what it said and what was true; expected ones need not be whole. */
export interface BinaryConfusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/** Scores of predictions, each 0 to 1; undefined where there is nothing to divide by. */
export interface BinaryScores {
  /** Part of the rows that were right. */
  readonly accuracy: number | undefined;
  /** Part of the positive predictions that were right; undefined when there were none. */
  readonly precision: number | undefined;
  /** Part of the true positives that were found; undefined when there were none. */
  readonly recall: number | undefined;
  /** Harmonic mean of precision and recall, 2·TP/(2·TP+FP+FN); undefined when the class occurs on neither side. */
  readonly f1: number | undefined;
}

/**
 * Accuracy, and precision, recall and F1 of the positive class, from counted or expected rows. Nothing is made up: a score
 * without rows to stand on is undefined, not 0.
 *
 * Source: van Rijsbergen, Information Retrieval (1979), chapter 7.
 */
export function binaryScores(confusion: BinaryConfusion): BinaryScores {
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = confusion;
  const errors = falsePositives + falseNegatives;
  const right = truePositives + trueNegatives;
  return {
    accuracy: ratio(right, right + errors),
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, truePositives + falseNegatives),
    f1: ratio(2 * truePositives, 2 * truePositives + errors),
  };
}

function ratio(part: number, whole: number): number | undefined {
  return whole > 0 ? part / whole : undefined;
}
