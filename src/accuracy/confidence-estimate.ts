/**
 * Accuracy without labels: what the model's own sureness, held against the baseline's calibration map, lets expect
 * (confidence-based performance estimation). Right as long as the map is right, which only labels can tell.
 *
 * Source: Kivimäki et al., Confidence-based estimators for predictive performance in model monitoring (2025).
 */
import { binaryScores, type BinaryScores } from "../stats/binary-confusion.ts";
import { rocAucFromHistograms } from "../stats/roc-auc.ts";
import { wilsonInterval } from "../stats/proportions.ts";
import type { AccuracyCounts } from "./accuracy-counts.ts";

/** Fewer rows than this say nothing. */
export const minRows = 30;

/** Labelled rows below which a calibration error is mostly chance. */
const minCalibrationRows = 300;

/** A calibration error above this makes the estimate worthless. */
const maxCalibrationError = 0.1;

/** The estimate may miss the interval of the measured accuracy by so many points. */
const maxMiss = 0.05;

/**
 * Why an estimate is not to be believed: no score, or too few rows with one; labels say that accuracy is another, or that
 * chances are off though they cancel out; the model was taken at its word, and too few labels bear it out.
 */
export type EstimateProblem =
  | "no_confidences"
  | "too_few_rows"
  | "accuracy_missed"
  | "calibration_off"
  | "not_calibrated";

/** What can be expected, JSON-able; scores are 0 to 1 and null where nothing can be said. */
export interface ConfidenceEstimate {
  /** Rows that came with a score. */
  readonly rows: number;
  /** True when every score went through the baseline's map; else the model was taken at its word. */
  readonly calibrated: boolean;
  /** The part of the rows that is right. */
  readonly accuracy: number | null;
  /** Of the positive class; models with two classes only. */
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly roc_auc: number | null;
  /** Empty when the estimate stands. */
  readonly problem: EstimateProblem | "";
}

/** What can be expected of all predictions of a window, labelled or not. */
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
 * How far the chance that was expected is from the part that was right, on average over ten bins: the expected
 * calibration error, 0 to 1. Undefined without labelled rows that have a score. Chance alone makes it about
 * 0.4/√(rows a bin).
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

/** Labels that contradict the map mean that the world has changed between input and truth: concept drift. */
function isMissed(counts: AccuracyCounts, labelled: number): boolean {
  const expected = sum(counts.all("calibration_chance")) / labelled;
  const { lower, upper } = wilsonInterval(sum(counts.all("calibration_right")), labelled);
  return expected > upper + maxMiss || expected < lower - maxMiss;
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
