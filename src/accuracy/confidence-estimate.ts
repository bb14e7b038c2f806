/**
 * Accuracy without labels, estimated from the model's confidence and the baseline's calibration map
 * (confidence-based performance estimation). It holds as long as the map is right, which only labels can show.
 *
 * Source: Kivimäki et al., Confidence-based estimators for predictive performance in model monitoring (2025).
 */
import { binaryScores, type BinaryScores } from "../stats/binary-confusion.ts";
import { rocAucFromHistograms } from "../stats/roc-auc.ts";
import { wilsonInterval } from "../stats/proportions.ts";
import type { AccuracyCounts } from "./counts/accuracy-counts.ts";

/** Rows that an estimate or a score needs. */
export const minRows = 30;

/** Labelled rows below which a calibration error is mostly chance. */
const minCalibrationRows = 300;

/** A calibration error above this makes the estimate worthless. */
const maxCalibrationError = 0.1;

/** Tolerated distance of the estimate from the interval of the measured accuracy. */
const maxMiss = 0.05;

/**
 * Reason why an estimate is unreliable: no score, or too few rows with one; labels contradict the accuracy, or the
 * calibration though its errors cancel out; or there is no calibration map, and too few labels to check the model's
 * confidence.
 */
export type EstimateProblem =
  | "no_confidences"
  | "too_few_rows"
  | "accuracy_missed"
  | "calibration_off"
  | "not_calibrated";

/** Estimated scores, 0 to 1, null if unknown. JSON-able. */
export interface ConfidenceEstimate {
  /** Rows that have a score. */
  readonly rows: number;
  /** True when the baseline's map was applied to every score; else the model's confidence was used unchanged. */
  readonly calibrated: boolean;
  /** Expected share of right rows. */
  readonly accuracy: number | null;
  /** Of the positive class; models with two classes only. */
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly roc_auc: number | null;
  /** Empty when the estimate is reliable. */
  readonly problem: EstimateProblem | "";
}

/** Estimates the scores of all predictions of a window, labelled or not. */
export function confidenceEstimate(counts: AccuracyCounts): ConfidenceEstimate {
  const rows = counts.get("estimated_rows");
  const { precision, recall, f1 } = expectedScores(counts);
  return {
    rows,
    calibrated: rows > 0 && counts.get("uncalibrated_rows") === 0,
    accuracy: rows > 0 ? counts.get("expected_right") / rows : null,
    precision: precision ?? null,
    recall: recall ?? null,
    f1: f1 ?? null,
    roc_auc: rocAucFromHistograms(counts.all("expected_positives"), counts.all("expected_negatives")) ?? null,
    problem: problemOf(counts, rows),
  };
}

/**
 * Expected calibration error, 0 to 1: the mean distance, over ten bins, of the expected chance from the share that
 * was right. Undefined without labelled rows that have a score. Chance alone makes it about 0.4/√(rows a bin).
 *
 * Source: Naeini, Cooper, Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning (2015).
 */
export function calibrationError(counts: AccuracyCounts): number | undefined {
  const chances = counts.all("calibration_chance");
  const right = counts.all("calibration_right");
  const rows = sum(counts.all("calibration_rows"));
  if (rows === 0) return undefined;
  return chances.reduce((total, chance, bin) => total + Math.abs(chance - right[bin]!), 0) / rows;
}

function expectedScores(counts: AccuracyCounts): BinaryScores {
  return binaryScores({
    truePositives: counts.get("expected_true_positives"),
    falsePositives: counts.get("expected_false_positives"),
    falseNegatives: counts.get("expected_false_negatives"),
    trueNegatives: counts.get("expected_true_negatives"),
  });
}

function problemOf(counts: AccuracyCounts, rows: number): EstimateProblem | "" {
  if (rows === 0) return "no_confidences";
  if (rows < minRows) return "too_few_rows";
  const labelled = sum(counts.all("calibration_rows"));
  if (labelled >= minRows && isMissed(counts, labelled)) return "accuracy_missed";
  if (labelled < minCalibrationRows) return counts.get("uncalibrated_rows") > 0 ? "not_calibrated" : "";
  return (calibrationError(counts) ?? 0) > maxCalibrationError ? "calibration_off" : "";
}

/** Labels that contradict the map mean that the relation of input and truth has changed: concept drift. */
function isMissed(counts: AccuracyCounts, labelled: number): boolean {
  const expected = sum(counts.all("calibration_chance")) / labelled;
  const { lower, upper } = wilsonInterval(sum(counts.all("calibration_right")), labelled);
  return expected > upper + maxMiss || expected < lower - maxMiss;
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
