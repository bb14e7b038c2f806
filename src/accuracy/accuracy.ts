/** The accuracy report: of one window, one replica, or many replicas whose sums were added. */
import { binaryScores, type BinaryScores } from "../stats/binary-confusion.ts";
import { classificationScores } from "../stats/classification-scores.ts";
import { meanAbsoluteError, rootMeanSquaredError, type ErrorSums } from "../stats/prediction-errors.ts";
import { rocAucFromHistograms } from "../stats/roc-auc.ts";
import { wilsonInterval } from "../stats/proportions.ts";
import type { AccuracyCounts } from "./counts/accuracy-counts.ts";
import { otherClass } from "./counts/class-table.ts";
import { calibrationError, confidenceEstimate, minRows, type ConfidenceEstimate } from "./confidence-estimate.ts";
import { delayQuantile } from "./counts/label-delay.ts";
import { positiveOfPair, type AnswerKind, type Scoring } from "./scoring.ts";

/** Accuracy has dropped when its upper bound is more than this below the baseline's. */
const tolerableDrop = 0.05;

/** Maximum number of labels that the report lists as never predicted. */
const maxNeverPredicted = 10;

/** The accuracy of a window, JSON-able. A score without rows to compute it from is null, never a guess. */
export interface AccuracyReport {
  /** As the baseline says; else numbers as soon as one prediction or label has a fraction, and classes before. */
  readonly kind: AnswerKind;
  /** Rows predicted, rows with a label, and the share with a label (0 without predictions). */
  readonly predictions: number;
  readonly labels: number;
  readonly coverage: number;
  /** True from 30 labels on that can be compared with their predictions; with fewer, scores are mostly chance. */
  readonly ready: boolean;
  /** Scores of classes; null for numbers. */
  readonly classes: ClassReport | null;
  /** Errors of numbers; null for classes. */
  readonly numbers: NumberReport | null;
  /** Median and 95th percentile of the time from prediction to label. */
  readonly label_delay_seconds: { readonly median: number; readonly p95: number } | null;
  readonly estimate: ConfidenceEstimate;
}

/** Scores of a model that predicts classes. */
export interface ClassReport {
  /** Share of the labelled rows that was right, and its 95 % interval (Wilson). */
  readonly accuracy: number | null;
  readonly accuracy_lower_bound: number | null;
  readonly accuracy_upper_bound: number | null;
  readonly baseline_accuracy: number | null;
  /** True when ready and the upper bound is more than 0.05 (points) below the baseline's accuracy. */
  readonly dropped: boolean;
  /** The positive class of a model with two; empty when there are more: then scores are means over classes (macro). */
  readonly positive: string;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  /** Of the probability of the positive class. */
  readonly roc_auc: number | null;
  readonly brier_score: number | null;
  readonly log_loss: number | null;
  /** See {@link calibrationError}. */
  readonly calibration_error: number | null;
  /**
   * Labels that no labelled row was predicted as, most frequent first, at most ten: perhaps their spelling differs
   * from the predictions'. Empty when there are more classes than are distinguished.
   */
  readonly labels_never_predicted: readonly { readonly label: string; readonly rows: number }[];
}

/** Errors of a model that predicts numbers, in the unit of the labels. */
export interface NumberReport {
  readonly mean_absolute_error: number | null;
  readonly root_mean_squared_error: number | null;
  readonly baseline_mean_absolute_error: number | null;
}

/** Reports the sums of a window, or of several that were merged. `scoring` holds what the baseline knows. */
export function accuracyReport(counts: AccuracyCounts, scoring: Scoring): AccuracyReport {
  const predictions = counts.get("predictions");
  const labels = counts.get("labels");
  const kind = kindOf(counts, scoring);
  const ready = comparedRows(counts, kind) >= minRows;
  return {
    kind,
    predictions,
    labels,
    coverage: predictions > 0 ? Math.min(1, labels / predictions) : 0,
    ready,
    classes: kind === "classes" ? classReport(counts, scoring, ready) : null,
    numbers: kind === "numbers" ? numberReport(counts, scoring) : null,
    label_delay_seconds: delaysOf(counts),
    estimate: confidenceEstimate(counts),
  };
}

function kindOf(counts: AccuracyCounts, scoring: Scoring): AnswerKind {
  if (scoring.kind !== "unknown") return scoring.kind;
  if (counts.get("measures") > 0) return "numbers";
  return counts.get("predictions") > 0 || counts.get("labels") > 0 ? "classes" : "unknown";
}

/** Labelled rows whose prediction and label are of the same kind: the basis of all scores. */
function comparedRows(counts: AccuracyCounts, kind: AnswerKind): number {
  if (kind === "unknown") return 0;
  return counts.get(kind === "classes" ? "class_rows" : "numeric_rows");
}

function delaysOf(counts: AccuracyCounts): AccuracyReport["label_delay_seconds"] {
  const delays = counts.all("delay");
  const [median, p95] = [delayQuantile(delays, 0.5), delayQuantile(delays, 0.95)];
  return median === undefined || p95 === undefined ? null : { median, p95 };
}

function classReport(counts: AccuracyCounts, { baselineAccuracy }: Scoring, ready: boolean): ClassReport {
  const rows = counts.get("class_rows");
  const { lower, upper } = wilsonInterval(counts.get("right"), rows);
  const scored = counts.get("scored_rows");
  return {
    accuracy: ratio(counts.get("right"), rows),
    accuracy_lower_bound: rows > 0 ? lower : null,
    accuracy_upper_bound: rows > 0 ? upper : null,
    baseline_accuracy: baselineAccuracy ?? null,
    dropped: ready && baselineAccuracy !== undefined && upper < baselineAccuracy - tolerableDrop,
    ...pairScores(counts),
    roc_auc: rocAucFromHistograms(counts.all("positive_scores"), counts.all("negative_scores")) ?? null,
    brier_score: ratio(counts.get("brier"), scored),
    log_loss: ratio(counts.get("log_loss"), scored),
    calibration_error: calibrationError(counts) ?? null,
    labels_never_predicted: neverPredicted([...counts.pairs()]),
  };
}

const ratio = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

type PairScores = Pick<ClassReport, "positive" | "precision" | "recall" | "f1">;

/** Of the positive class, or means over all; none when there are more classes than are distinguished. */
function pairScores(counts: AccuracyCounts): PairScores {
  const pairs = [...counts.pairs()];
  const names = [...new Set(pairs.flatMap(({ actual, predicted }) => [actual, predicted]))].sort();
  if (names.includes(otherClass)) return { positive: "", precision: null, recall: null, f1: null };
  const positive = positiveClass(counts, names);
  const { precision, recall, f1 } = positive === "" ? macroScores(pairs, names) : scoresOfClass(pairs, positive);
  return { positive, precision: precision ?? null, recall: recall ?? null, f1: f1 ?? null };
}

/** The class that probabilities were of, or the later one by name of two; empty for any other number of classes. */
function positiveClass(counts: AccuracyCounts, names: readonly string[]): string {
  if (names.length > 2) return "";
  const named = counts.positive();
  if (named !== "") return named;
  const [one, other] = names;
  return one === undefined || other === undefined ? "" : positiveOfPair(one, other);
}

type Pairs = readonly { readonly actual: string; readonly predicted: string; readonly rows: number }[];

function scoresOfClass(pairs: Pairs, positive: string): BinaryScores {
  const cells = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };
  for (const { actual, predicted, rows } of pairs) {
    const isPredicted = predicted === positive;
    if (actual === positive) cells[isPredicted ? "truePositives" : "falseNegatives"] += rows;
    else cells[isPredicted ? "falsePositives" : "trueNegatives"] += rows;
  }
  return binaryScores(cells);
}

function neverPredicted(pairs: Pairs): ClassReport["labels_never_predicted"] {
  const predictions = new Set(pairs.map(({ predicted }) => predicted));
  if (predictions.has(otherClass)) return [];
  const rowsOf = new Map<string, number>();
  for (const { actual, rows } of pairs) {
    if (!predictions.has(actual) && actual !== otherClass) rowsOf.set(actual, (rowsOf.get(actual) ?? 0) + rows);
  }
  const all = Array.from(rowsOf, ([label, rows]) => ({ label, rows }));
  return all.sort((one, other) => other.rows - one.rows).slice(0, maxNeverPredicted);
}

function macroScores(pairs: Pairs, names: readonly string[]): Pick<BinaryScores, "precision" | "recall" | "f1"> {
  const matrix = new Float64Array(names.length ** 2);
  for (const { actual, predicted, rows } of pairs) {
    matrix[names.indexOf(actual) * names.length + names.indexOf(predicted)] = rows;
  }
  return classificationScores(matrix, names.length).macro;
}

function numberReport(counts: AccuracyCounts, { baselineError }: Scoring): NumberReport {
  const sums: ErrorSums = {
    rows: counts.get("numeric_rows"),
    absolute: counts.get("absolute_error"),
    squared: counts.get("squared_error"),
  };
  return {
    mean_absolute_error: meanAbsoluteError(sums) ?? null,
    root_mean_squared_error: rootMeanSquaredError(sums) ?? null,
    baseline_mean_absolute_error: baselineError ?? null,
  };
}
