/** Labels and accuracy as samples of an exposition. */
import { collectedNames } from "../metrics/model-labels.ts";
import type { accuracyRows, labelRows } from "../metrics/catalogue/accuracy-catalogue.ts";
import type { Sample } from "../metrics/sample.ts";
import type { ClassReport, NumberReport } from "./accuracy.ts";
import type { LabelMonitor, ModelAccuracy } from "./label-monitor.ts";
import { labelResults } from "./join/label-join.ts";

/** Reasons why rows cannot get a label any more; values of the label `reason`. */
const unlabelledReasons = ["expired", "evicted", "repeated", "max_models", "no_id"] as const;

/**
 * Samples of each metric: of all models, from {@link LabelMonitor.totals} or {@link LabelMonitor.fleetAccuracy}.
 * Scores have samples from 30 labels on (see `outrider_accuracy_ready`), the estimate from 30 rows on. At most 20
 * series a model.
 */
export function accuracyFamilies(
  models: readonly ModelAccuracy[],
): Readonly<Record<keyof typeof accuracyRows, readonly Sample[]>> {
  const of = (pick: (model: ModelAccuracy) => number | null | undefined): readonly Sample[] =>
    models.flatMap((model) => sampleOf(model, pick(model)));
  const scores = (pick: (report: ClassReport) => number | null): readonly Sample[] =>
    of(({ ready, classes }) => (ready && classes !== null ? pick(classes) : null));
  const errors = (pick: (report: NumberReport) => number | null): readonly Sample[] =>
    of(({ ready, numbers }) => (ready && numbers !== null ? pick(numbers) : null));
  return {
    outrider_accuracy: scores(({ accuracy }) => accuracy),
    outrider_accuracy_lower_bound: scores((report) => report.accuracy_lower_bound),
    outrider_accuracy_upper_bound: scores((report) => report.accuracy_upper_bound),
    outrider_accuracy_baseline: of(({ classes }) => classes?.baseline_accuracy),
    outrider_accuracy_ready: of(({ ready }) => Number(ready)),
    outrider_accuracy_estimated: of(({ estimate }) => (hasRows(estimate.problem) ? estimate.accuracy : null)),
    outrider_accuracy_estimate_valid: of(({ estimate }) => Number(estimate.problem === "")),
    outrider_calibration_error: scores((report) => report.calibration_error),
    outrider_precision: scores(({ precision }) => precision),
    outrider_recall: scores(({ recall }) => recall),
    outrider_f1_score: scores(({ f1 }) => f1),
    outrider_roc_auc: scores((report) => report.roc_auc),
    outrider_brier_score: scores((report) => report.brier_score),
    outrider_log_loss: scores((report) => report.log_loss),
    outrider_mean_absolute_error: errors((report) => report.mean_absolute_error),
    outrider_mean_absolute_error_baseline: of(({ numbers }) => numbers?.baseline_mean_absolute_error),
    outrider_root_mean_squared_error: errors((report) => report.root_mean_squared_error),
    outrider_label_coverage_ratio: of(({ predictions, coverage }) => (predictions > 0 ? coverage : null)),
    outrider_label_delay_p50_seconds: of(({ label_delay_seconds: delay }) => delay?.median),
    outrider_label_delay_p95_seconds: of(({ label_delay_seconds: delay }) => delay?.p95),
  };
}

const hasRows = (problem: string): boolean => problem !== "no_confidences" && problem !== "too_few_rows";

function sampleOf({ model, version, variant }: ModelAccuracy, value: number | null | undefined): readonly Sample[] {
  const labels = { model: model || collectedNames.unnamed, version, variant };
  return value === null || value === undefined ? [] : [{ labels, value }];
}

/** Samples of each metric, of this replica alone. */
export function labelFamilies(monitor: LabelMonitor): Readonly<Record<keyof typeof labelRows, readonly Sample[]>> {
  const { results, store } = monitor.join;
  const unlabelled: Readonly<Record<(typeof unlabelledReasons)[number], number>> = {
    expired: store.expired,
    evicted: store.evicted,
    repeated: store.repeated,
    max_models: monitor.unfollowed,
    no_id: monitor.unnamed,
  };
  return {
    outrider_labels_total: labelResults.map((result) => ({ labels: { result }, value: results[result] })),
    outrider_predictions_awaiting_labels: [{ value: store.awaiting }],
    outrider_unlabelled_predictions_total: unlabelledReasons.map((reason) => ({
      labels: { reason },
      value: unlabelled[reason],
    })),
  };
}
