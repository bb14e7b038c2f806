/** Accuracy as text for a terminal. */
import type { ClassReport, NumberReport } from "../../accuracy/accuracy.ts";
import type { ConfidenceEstimate, EstimateProblem } from "../../accuracy/confidence-estimate.ts";
import type { ModelAccuracy } from "../../accuracy/label-monitor.ts";
import { durationText } from "../../text/duration-text.ts";
import { formatCount, formatShare, formatValue } from "../../text/number-text.ts";
import { printable } from "../../text/printable.ts";

/** One block of lines for each model; empty without models. */
export function accuracyText(models: readonly ModelAccuracy[], isColoured: boolean): string {
  return models.map((model) => `${blockOf(model, isColoured).join("\n")}\n`).join("\n");
}

function blockOf(model: ModelAccuracy, isColoured: boolean): readonly string[] {
  const { classes, numbers, estimate } = model;
  return [
    `${nameOf(model)}: ${stateOf(model, isColoured)}`,
    labelLine(model),
    ...(classes === null || model.labels === 0 ? [] : classLines(classes)),
    ...(numbers === null || model.labels === 0 ? [] : numberLines(numbers)),
    ...(estimate.accuracy === null ? [] : [`expected  ${estimateText(estimate, estimate.accuracy)}`]),
  ];
}

function nameOf({ model, version, variant }: ModelAccuracy): string {
  const parts = [model === "" ? "(no name)" : model, version, variant];
  return parts
    .filter((part) => part !== "")
    .map(printable)
    .join(" ");
}

function stateOf({ ready, classes, numbers }: ModelAccuracy, isColoured: boolean): string {
  if (!ready) return painted("not ready: at least 30 labels are needed", "2", isColoured);
  const before = classes === null ? numbers?.baseline_mean_absolute_error : classes.baseline_accuracy;
  if (before === null || before === undefined) return "measured, no baseline to compare with";
  // For numeric errors there is no rule for how large an increase is too large.
  if (classes === null) return "measured";
  return classes.dropped ? painted("DROPPED", "31;1", isColoured) : painted("ok", "32", isColoured);
}

const painted = (text: string, code: string, isColoured: boolean): string =>
  isColoured ? `\u001b[${code}m${text}\u001b[0m` : text;

function labelLine({ labels, predictions, coverage, label_delay_seconds: delay }: ModelAccuracy): string {
  const took =
    delay === null ? "" : `, half of them within ${durationText(delay.median)}, 95 % within ${durationText(delay.p95)}`;
  return `labels    ${formatCount(labels)} for ${formatCount(predictions)} predictions (${formatShare(coverage)})${took}`;
}

function classLines(report: ClassReport): readonly string[] {
  const { accuracy, accuracy_lower_bound: lower, accuracy_upper_bound: upper, baseline_accuracy: baseline } = report;
  const lines: string[] = [];
  if (accuracy !== null && lower !== null && upper !== null) {
    const compared = baseline === null ? "" : `, baseline ${formatShare(baseline)}`;
    lines.push(
      `accuracy  ${formatShare(accuracy)} (95 % interval ${formatShare(lower)} to ${formatShare(upper)})${compared}`,
    );
  }
  const of = report.positive === "" ? "mean over classes" : `of ${printable(report.positive)}`;
  const scores = listed({ precision: report.precision, recall: report.recall, F1: report.f1 });
  if (scores !== "") lines.push(`classes   ${scores} (${of})`);
  const chances = listed({
    AUC: report.roc_auc,
    Brier: report.brier_score,
    "log loss": report.log_loss,
    "calibration error": report.calibration_error,
  });
  if (chances !== "") lines.push(`probs     ${chances}`);
  const strange = report.labels_never_predicted.map(({ label, rows }) => `${printable(label)} (${formatCount(rows)})`);
  if (strange.length > 0) lines.push(`labels never predicted: ${strange.join(", ")}`);
  return lines;
}

function numberLines(report: NumberReport): readonly string[] {
  const errors = listed({
    "mean absolute": report.mean_absolute_error,
    "root mean squared": report.root_mean_squared_error,
    "baseline's mean absolute": report.baseline_mean_absolute_error,
  });
  return errors === "" ? [] : [`errors    ${errors}`];
}

const listed = (values: Readonly<Record<string, number | null>>): string =>
  Object.entries(values)
    .flatMap(([name, value]) => (value === null ? [] : [`${name} ${formatValue(value)}`]))
    .join(", ");

const problems: Readonly<Record<EstimateProblem, string>> = {
  no_confidences: "no prediction has a score",
  too_few_rows: "too few rows",
  accuracy_missed: "it disagrees with the labels",
  calibration_off: "the scores are miscalibrated, as the labels show",
  not_calibrated: "the baseline has no calibration for the scores, and there are too few labels to confirm them",
};

function estimateText({ rows, problem }: ConfidenceEstimate, accuracy: number): string {
  const doubt = problem === "" ? "" : `; not reliable: ${problems[problem]}`;
  return `${formatShare(accuracy)} of ${formatCount(rows)} rows correct, with and without labels${doubt}`;
}
