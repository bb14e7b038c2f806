/** Counters of the predictions of one model, version and variant. */
import type { Predictions, RequestContent, ResponseContent, TokenUsage } from "../../payload/body-content.ts";
import type { ModelLabels } from "../model-labels.ts";
import { NumberHistogram } from "./prediction-histogram.ts";
import { NamedCounts } from "./prediction-named-counts.ts";
import { RecentRate } from "../recent-rate.ts";
import { PredictionValues } from "./prediction-values.ts";

/** Upper edges of confidences: tenths, and finer where classifiers mostly are. */
const confidenceEdges = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1];
/** Upper edges of entropies: 0 is sure of one class, 1 sure of none. */
const entropyEdges = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
/** Maximum number of finish reasons with counts of their own; there are about five. */
const maxFinishReasons = 16;
/** How far the probabilities of a row may be from 1 in sum: rounded to two digits, not several independent labels. */
const sumTolerance = 0.02;

/** Counters of one label set. About 3 KB; histograms are made at their first value. */
export class PredictionSet {
  readonly labels: ModelLabels;
  /** Predictions, one a row. */
  rows = 0;
  featureRows = 0;
  droppedColumns = 0;
  promptTokens = 0;
  completionTokens = 0;
  readonly values: PredictionValues;
  readonly rate: RecentRate = new RecentRate();
  confidence: NumberHistogram | undefined;
  entropy: NumberHistogram | undefined;
  finishReasons: NamedCounts | undefined;

  constructor(labels: ModelLabels, valueEdges: readonly number[]) {
    this.labels = labels;
    this.values = new PredictionValues(valueEdges);
  }

  /** Counts the rows of features of a request. */
  countRequest({ features, droppedColumns }: RequestContent): void {
    this.featureRows += features?.rowCount ?? 0;
    this.droppedColumns += droppedColumns;
  }

  /**
   * Counts the predictions and tokens of a response at `atMs` (wall time). 10 ns a row; 50 with a confidence and two
   * probabilities.
   */
  countResponse({ predictions, usage }: ResponseContent, atMs: number): void {
    if (predictions !== undefined) this.#countPredictions(predictions, atMs);
    if (usage !== undefined) this.#countTokens(usage);
  }

  #countPredictions(predictions: Predictions, atMs: number): void {
    const { rowCount, values } = predictions;
    this.rows += rowCount;
    this.rate.add(rowCount, atMs);
    for (let row = 0; row < rowCount; row++) this.values.add(values[row]);
    if (predictions.confidences.length > 0) this.#countConfidences(predictions);
    if (predictions.classes.length > 1 && predictions.probabilities.length > 0) this.#countEntropies(predictions);
  }

  #countConfidences({ confidences }: Predictions): void {
    this.confidence ??= new NumberHistogram(confidenceEdges);
    for (let row = 0; row < confidences.length; row++) {
      const confidence = confidences[row]!;
      if (confidence >= 0 && confidence <= 1) this.confidence.add(confidence);
    }
  }

  #countEntropies({ rowCount, classes, probabilities }: Predictions): void {
    this.entropy ??= new NumberHistogram(entropyEdges);
    for (let row = 0; row < rowCount; row++) {
      const entropy = normalizedEntropy(probabilities, row * classes.length, classes.length);
      if (!Number.isNaN(entropy)) this.entropy.add(entropy);
    }
  }

  #countTokens({ promptTokens, completionTokens, finishReasons }: TokenUsage): void {
    this.promptTokens += promptTokens;
    this.completionTokens += completionTokens;
    if (finishReasons.length === 0) return;
    this.finishReasons ??= new NamedCounts(maxFinishReasons);
    for (const reason of finishReasons) this.finishReasons.add(reason);
  }
}

/**
 * Shannon's entropy of `count` probabilities from `start` on, divided by its maximum (ln count): 0 when one class
 * has all, 1 when all are equal. NaN when they are not a distribution.
 */
export function normalizedEntropy(probabilities: ArrayLike<number>, start: number, count: number): number {
  let sum = 0;
  let logs = 0;
  for (let i = start; i < start + count; i++) {
    const probability = probabilities[i] ?? Number.NaN;
    if (!(probability >= 0)) return Number.NaN;
    sum += probability;
    if (probability > 0) logs += probability * Math.log(probability);
  }
  if (!(Math.abs(sum - 1) <= sumTolerance)) return Number.NaN;
  const entropy = Math.log(sum) - logs / sum;
  return Math.min(1, Math.max(0, entropy / Math.log(count)));
}
