/** The prediction metrics as samples of an exposition. */
import type { predictionRows } from "../catalogue/prediction-catalogue.ts";
import { histogramSamples, type LabelValues, type Sample } from "../sample.ts";
import type { NumberHistogram } from "./prediction-histogram.ts";
import type { PredictionMetrics } from "./prediction-metrics.ts";
import type { NamedCount } from "./prediction-named-counts.ts";
import type { PredictionSet } from "./prediction-set.ts";

/** Samples of each metric; made while they are read. `nowMs` is wall time. At most 140 series a set. */
export const predictionFamilies = (
  metrics: PredictionMetrics,
  nowMs: number,
): Readonly<Record<keyof typeof predictionRows, Iterable<Sample>>> => ({
  outrider_predictions_total: numbers(metrics, ({ rows }) => rows),
  outrider_predictions_per_second: numbers(metrics, ({ rate }) => rate.perSecond(nowMs)),
  outrider_predictions_without_value_total: numbers(metrics, ({ values }) => values.withoutValue),
  outrider_prediction_classes_total: named(metrics, "class", ({ values }) => values.classes()),
  outrider_prediction_value: histograms(metrics, "outrider_prediction_value", ({ values }) => values.numbers),
  outrider_prediction_confidence: histograms(metrics, "outrider_prediction_confidence", (set) => set.confidence),
  outrider_prediction_entropy: histograms(metrics, "outrider_prediction_entropy", (set) => set.entropy),
  outrider_feature_rows_total: numbers(metrics, ({ featureRows }) => featureRows),
  outrider_feature_columns_dropped_total: numbers(metrics, ({ droppedColumns }) => droppedColumns),
  outrider_tokens_total: named(metrics, "kind", tokensOf),
  outrider_finish_reasons_total: named(metrics, "reason", (set) => set.finishReasons?.read() ?? []),
  outrider_collapsed_readings_total: [{ value: metrics.collapsedTotal }],
});

function tokensOf({ promptTokens, completionTokens, finishReasons }: PredictionSet): readonly NamedCount[] {
  if (promptTokens + completionTokens === 0 && finishReasons === undefined) return [];
  return [
    { name: "prompt", count: promptTokens },
    { name: "completion", count: completionTokens },
  ];
}

function* numbers(metrics: PredictionMetrics, valueOf: (set: PredictionSet) => number): Generator<Sample> {
  for (const set of metrics.sets) yield { sharedLabels: labelsOf(set), value: valueOf(set) };
}

function* named(
  metrics: PredictionMetrics,
  label: string,
  countsOf: (set: PredictionSet) => readonly NamedCount[],
): Generator<Sample> {
  for (const set of metrics.sets) {
    const sharedLabels = labelsOf(set);
    for (const { name, count } of countsOf(set)) yield { sharedLabels, labels: { [label]: name }, value: count };
  }
}

function* histograms(
  metrics: PredictionMetrics,
  name: keyof typeof predictionRows,
  histogramOf: (set: PredictionSet) => NumberHistogram | undefined,
): Generator<Sample> {
  for (const set of metrics.sets) {
    const histogram = histogramOf(set);
    if (histogram === undefined) continue;
    // Read at one moment: a long family is rendered in several turns, in which predictions are counted.
    const { edges, sum } = histogram;
    yield* histogramSamples(name, { edges, counts: histogram.cumulative(), sum }, labelsOf(set));
  }
}

const labelsOf = ({ labels: { model, version, variant } }: PredictionSet): LabelValues => ({ model, version, variant });
