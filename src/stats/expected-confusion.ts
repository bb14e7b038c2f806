import type { BinaryConfusion } from "./binary-confusion.ts";
import { requireLength } from "./cell-counts.ts";

/**
 * The confusion matrix to be expected of predictions whose labels are not known yet (confidence-based performance
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
