/** The prediction metrics as samples of an exposition. */
import type { ModelLabels } from "../requests/label-sets.ts";
import type { MetricSample } from "../catalogue/metric-sample.ts";
import type { NumberHistogram } from "./prediction-histogram.ts";
import type { PredictionMetrics } from "./prediction-metrics.ts";
import type { NamedCount } from "./prediction-named-counts.ts";
import type { PredictionSet } from "./prediction-set.ts";

/** Names of the metrics that {@link predictionFamilies} gives. */
export type PredictionMetricName =
  | "outrider_predictions_total"
  | "outrider_predictions_per_second"
  | "outrider_predictions_without_value_total"
  | "outrider_prediction_classes_total"
  | "outrider_prediction_value"
  | "outrider_prediction_confidence"
  | "outrider_prediction_entropy"
  | "outrider_feature_rows_total"
  | "outrider_feature_columns_dropped_total"
  | "outrider_tokens_total"
  | "outrider_finish_reasons_total"
  | "outrider_collapsed_readings_total";

/** Samples of each metric; made while they are read. `nowMs` is wall time. At most 140 series a set. */
export const predictionFamilies = (
  metrics: PredictionMetrics,
  nowMs: number,
): Readonly<Record<PredictionMetricName, Iterable<MetricSample>>> => ({
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

function* numbers(metrics: PredictionMetrics, valueOf: (set: PredictionSet) => number): Generator<MetricSample> {
  for (const set of metrics.sets) yield { sharedLabels: labelsOf(set), value: valueOf(set) };
}

function* named(
  metrics: PredictionMetrics,
  label: string,
  countsOf: (set: PredictionSet) => readonly NamedCount[],
): Generator<MetricSample> {
  for (const set of metrics.sets) {
    const sharedLabels = labelsOf(set);
    for (const { name, count } of countsOf(set)) yield { sharedLabels, labels: { [label]: name }, value: count };
  }
}

function* histograms(
  metrics: PredictionMetrics,
  name: PredictionMetricName,
  histogramOf: (set: PredictionSet) => NumberHistogram | undefined,
): Generator<MetricSample> {
  for (const set of metrics.sets) {
    const histogram = histogramOf(set);
    if (histogram !== undefined) yield* buckets(name, histogram, labelsOf(set));
  }
}

/** `_bucket`, `_sum` and `_count` of one histogram, read at one moment: a long family is rendered in several turns. */
function* buckets(name: string, histogram: NumberHistogram, sharedLabels: LabelValues): Generator<MetricSample> {
  const counts = histogram.cumulative();
  const { sum, edges } = histogram;
  const metricName = `${name}_bucket`;
  for (const [index, value] of counts.entries()) {
    yield { metricName, sharedLabels, labels: { le: String(edges[index] ?? "+Inf") }, value };
  }
  yield { metricName: `${name}_sum`, sharedLabels, value: sum };
  yield { metricName: `${name}_count`, sharedLabels, value: counts.at(-1) ?? 0 };
}

type LabelValues = Readonly<Record<keyof ModelLabels, string>>;

const labelsOf = ({ labels: { model, version, variant } }: PredictionSet): LabelValues => ({ model, version, variant });
