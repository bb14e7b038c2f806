/** Adds one prediction, or one prediction with its label, to the sums of a window. */
import { brierTerm, logLossTerm } from "../../stats/prediction-errors.ts";
import { calibrationBinCount, type AccuracyCounts } from "./accuracy-counts.ts";
import { classOf, isMeasure, type AnswerValue } from "../answer-value.ts";
import { delayBin } from "./label-delay.ts";
import { scoreBin } from "./score-bins.ts";
import type { Expectation, Score, ScoredPrediction, Scoring } from "../scoring.ts";

/** One row to score: what the model predicted and the true value that came later. */
export interface LabelledRow {
  readonly value: AnswerValue;
  readonly score: Score;
  readonly label: AnswerValue;
  /** Time from the prediction to its label, milliseconds. */
  readonly delayMs: number;
}

/** An error beyond this counts as this, so that one extreme value does not make every later sum infinite. */
const maxError = 1e100;

/** Counts a predicted row and its expected scores; a row without a value is not counted. */
export function countPrediction(counts: AccuracyCounts, { value, score }: ScoredPrediction, scoring: Scoring): void {
  if (value === undefined) return;
  counts.add("predictions");
  if (isMeasure(value)) counts.add("measures");
  const expected = scoring.expect(value, score);
  if (expected === undefined) return;
  counts.add("estimated_rows");
  if (!expected.isCalibrated) counts.add("uncalibrated_rows");
  counts.add("expected_right", expected.rightChance);
  if (score.kind === "positive") countExpected(counts, expected, classOf(value) === score.positive, score);
}

function countExpected(
  counts: AccuracyCounts,
  { positiveChance }: Expectation,
  isPositive: boolean,
  { probability, positive }: Extract<Score, { readonly kind: "positive" }>,
): void {
  counts.addPositive(positive);
  counts.add(isPositive ? "expected_true_positives" : "expected_false_negatives", positiveChance);
  counts.add(isPositive ? "expected_false_positives" : "expected_true_negatives", 1 - positiveChance);
  const bin = scoreBin(probability);
  counts.add("expected_positives", positiveChance, bin);
  counts.add("expected_negatives", 1 - positiveChance, bin);
}

/**
 * Adds one labelled row to the counts of its window. A pair that `scoring` cannot compare
 * adds to the totals of labels only. O(1).
 */
export function countLabel(counts: AccuracyCounts, row: LabelledRow, scoring: Scoring): void {
  const { value, score, label } = row;
  counts.add("labels");
  counts.add("delay", 1, delayBin(row.delayMs / 1000));
  if (isMeasure(label)) counts.add("measures");
  if (scoring.kind !== "classes") countError(counts, value, label);
  if (scoring.kind === "numbers" || isMeasure(value) || isMeasure(label)) return;
  const isRight = classOf(value) === classOf(label);
  counts.add("class_rows");
  if (isRight) counts.add("right");
  counts.addPair(classOf(label), classOf(value));
  if (score.kind === "positive") countScore(counts, score.probability, classOf(label) === score.positive);
  const expected = scoring.expect(value, score);
  if (expected !== undefined) countCalibration(counts, expected.rightChance, isRight);
}

function countError(counts: AccuracyCounts, value: AnswerValue, label: AnswerValue): void {
  if (typeof value !== "number" || typeof label !== "number") return;
  const error = Math.min(maxError, Math.abs(value - label));
  counts.add("numeric_rows");
  counts.add("absolute_error", error);
  counts.add("squared_error", error * error);
}

function countScore(counts: AccuracyCounts, probability: number, isPositive: boolean): void {
  counts.add("scored_rows");
  counts.add("brier", brierTerm(probability, isPositive));
  counts.add("log_loss", logLossTerm(isPositive ? probability : 1 - probability));
  counts.add(isPositive ? "positive_scores" : "negative_scores", 1, scoreBin(probability));
}

function countCalibration(counts: AccuracyCounts, rightChance: number, isRight: boolean): void {
  const bin = Math.min(calibrationBinCount - 1, Math.floor(rightChance * calibrationBinCount));
  counts.add("calibration_rows", 1, bin);
  counts.add("calibration_chance", rightChance, bin);
  if (isRight) counts.add("calibration_right", 1, bin);
}
