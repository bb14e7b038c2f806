import { requireLength } from "./cell-counts.ts";

/** Rows of a two-class model by prediction and truth; expected ones need not be whole. */
export interface BinaryConfusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/** Scores of predictions, each 0 to 1; undefined when the divisor is 0. */
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
 * Accuracy, and precision, recall and F1 of the positive class, from counted or expected rows. A score without rows
 * to compute it from is undefined, not 0.
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

/**
 * The expected confusion matrix of predictions whose labels are not known yet (confidence-based performance
 * estimation): a row predicted positive is a true positive with its calibrated probability p and a false positive with
 * 1−p. Right as long as the calibration holds, so never under concept drift.
 *
 * `probabilities[i]` is the calibrated chance that row i is truly positive; outside 0 to 1 it counts as the nearer
 * end, and rows with NaN are left out. A weight stands for that many rows, so that a histogram of probabilities can be
 * given in place of rows.
 *
 * Source: Kivimäki et al., Confidence-based estimators for predictive performance in model monitoring (2025).
 */
export function expectedConfusion(
  isPredictedPositive: ArrayLike<boolean | number>,
  probabilities: ArrayLike<number>,
  weights?: ArrayLike<number>,
): BinaryConfusion {
  requireLength(probabilities, isPredictedPositive.length);
  if (weights !== undefined) requireLength(weights, isPredictedPositive.length);
  const sums = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };
  for (let i = 0; i < isPredictedPositive.length; i++) {
    const p = Math.min(1, Math.max(0, probabilities[i]!));
    if (Number.isNaN(p)) continue;
    const weight = weights === undefined ? 1 : weights[i]!;
    sums[isPredictedPositive[i] ? "truePositives" : "falseNegatives"] += weight * p;
    sums[isPredictedPositive[i] ? "falsePositives" : "trueNegatives"] += weight * (1 - p);
  }
  return sums;
}
