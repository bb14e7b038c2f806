import { describe, expect, it } from "vitest";
import type { Predictions } from "../../src/payload/body-content.ts";
import type { AnswerValue } from "../../src/accuracy/answer-value.ts";
import type { ModelAccuracy } from "../../src/accuracy/label-monitor.ts";
import type { LabelBaseline } from "../../src/accuracy/scoring.ts";
import knownAnswers from "../fixtures/accuracy-known-answers.data.json" with { type: "json" };
import { aLabel, aMonitor, aRequest, noonMs, values } from "./a-label-monitor.ts";

/** The report after a batch got its labels. */
function reportOf(predictions: Predictions, labels: readonly AnswerValue[], baseline?: LabelBaseline): ModelAccuracy {
  const monitor = aMonitor({ baselineOf: () => baseline });
  monitor.predicted(aRequest({ predictions }));
  for (const [row, label] of labels.entries()) monitor.label(aLabel("r", label, row), noonMs + 60_000);
  const [report] = monitor.report();
  if (report === undefined) throw new Error("no report");
  return report;
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const quality = (accuracy: number): LabelBaseline => ({ quality: { accuracy, rows: 1000 } });

describe("accuracy of labels", () => {
  it.each(Object.entries(knownAnswers.binary))("equals scikit-learn's for two classes: %s", (_, known) => {
    const predictions: Predictions = {
      rowCount: known.labels.length,
      values: known.predictions,
      classes: ["0", "1"],
      probabilities: known.probabilities.flatMap((p) => [1 - p, p]),
      confidences: [],
    };
    const { classes } = reportOf(predictions, known.labels);
    expect(classes?.positive).toBe("1");
    for (const name of ["accuracy", "precision", "recall", "f1", "brier_score", "log_loss"] as const) {
      expect(classes?.[name], name).toBeCloseTo(known[name], 8);
    }
    // Of a histogram: exact but for pairs that share a bin.
    expect(Math.abs((classes?.roc_auc ?? 0) - known.roc_auc)).toBeLessThan(5e-4);
  });

  it("equals scikit-learn's macro means for more classes", () => {
    const known = knownAnswers.multiclass;
    const { classes } = reportOf(values(...known.predictions), known.labels);
    expect(classes?.positive).toBe("");
    for (const name of ["accuracy", "precision", "recall", "f1"] as const) {
      expect(classes?.[name], name).toBeCloseTo(known[name], 10);
    }
    expect(classes?.roc_auc).toBeNull();
  });

  it("equals scikit-learn's errors for numbers", () => {
    const known = knownAnswers.regression;
    const { kind, classes, numbers } = reportOf(values(...known.predictions), known.labels);
    expect([kind, classes]).toEqual(["numbers", null]);
    expect(numbers?.mean_absolute_error).toBeCloseTo(known.mean_absolute_error, 10);
    expect(numbers?.root_mean_squared_error).toBeCloseTo(known.root_mean_squared_error, 10);
  });

  it("has the bounds of Wilson's interval", () => {
    const { classes } = reportOf(values(...times(100, "a")), [...times(90, "a"), ...times(10, "b")]);
    expect(classes?.accuracy).toBe(0.9);
    expect(classes?.accuracy_lower_bound).toBeCloseTo(0.825634, 6);
    expect(classes?.accuracy_upper_bound).toBeCloseTo(0.944771, 6);
  });

  it("is ready from thirty labels on", () => {
    expect(reportOf(values(...times(40, "a")), times(29, "a")).ready).toBe(false);
    const ready = reportOf(values(...times(40, "a")), times(30, "a"));
    expect([ready.ready, ready.predictions, ready.labels, ready.coverage]).toEqual([true, 40, 30, 0.75]);
  });

  it("is not ready by labels that cannot be compared: one wrong row among thirty labels is no drop", () => {
    const unfit = reportOf(values(...times(40, "a")), ["b", ...times(29, 0.5)], quality(0.95));
    expect(unfit).toMatchObject({
      kind: "classes",
      labels: 30,
      ready: false,
      classes: { accuracy: 0, dropped: false },
    });
    const numbers = reportOf(values(...times(40, 1.5)), [2.5, ...times(29, "a")]);
    expect(numbers).toMatchObject({ kind: "numbers", labels: 30, ready: false, numbers: { mean_absolute_error: 1 } });
  });

  it("names labels that no prediction ever had, the most frequent ten first", () => {
    const never = (...args: Parameters<typeof reportOf>): unknown => reportOf(...args).classes?.labels_never_predicted;
    const labels = [...times(32, "benign"), ...times(3, "1"), ...times(5, "malignant")];
    expect(never(values(...times(40, "1")), labels)).toEqual([
      { label: "benign", rows: 32 },
      { label: "malignant", rows: 5 },
    ]);
    expect(never(values("1", "0"), ["0", "1"])).toEqual([]);
    const many = Array.from({ length: 30 }, (_, index) => `c${index}`);
    expect(never(values(...times(30, "a")), many)).toHaveLength(10);
    // With more classes than are told apart nobody knows what was predicted.
    const classes = Array.from({ length: 60 }, (_, index) => `c${index}`);
    expect(never(values(...classes), ["x", ...times(59, "c0")])).toEqual([]);
  });

  it("has dropped when even the upper bound is five points below the baseline", () => {
    const dropped = (right: number, baseline: number): boolean | undefined =>
      reportOf(values(...times(100, "a")), [...times(right, "a"), ...times(100 - right, "b")], quality(baseline))
        .classes?.dropped;
    // The upper bound of 90 in 100 is 0.944771.
    expect(dropped(90, 0.99477)).toBe(false);
    expect(dropped(90, 0.99478)).toBe(true);
    expect(dropped(100, 1)).toBe(false);
    const few = reportOf(values(...times(29, "a")), times(29, "b"), quality(1));
    expect(few.classes?.dropped).toBe(false);
  });

  it("is measured over whole numbers as over classes, and as errors once one has a fraction", () => {
    expect(reportOf(values(3, 5, 7), [3, 5, 8]).classes?.accuracy).toBeCloseTo(2 / 3);
    const mixed = reportOf(values(3, 5, 7), [3, 5, 8.5]);
    expect([mixed.kind, mixed.numbers?.mean_absolute_error]).toEqual(["numbers", 0.5]);
    expect(reportOf(values(3, 5.5), [3, 5]).kind).toBe("numbers");
  });

  it("is measured as the baseline says, whatever the values look like", () => {
    const error = reportOf(values(3, 5), [3, 6], { quality: { meanAbsoluteError: 0.25, rows: 9 } });
    expect([error.kind, error.numbers]).toMatchObject([
      "numbers",
      { mean_absolute_error: 0.5, baseline_mean_absolute_error: 0.25 },
    ]);
    expect(reportOf(values(3, 5), [3, 6.5], quality(0.9)).classes?.accuracy).toBe(1);
  });

  it("does not become infinite by one absurd value", () => {
    const { numbers } = reportOf(values(1.5, 1e308), [2, -1e308]);
    expect(Number.isFinite(numbers?.root_mean_squared_error)).toBe(true);
    expect(Number.isFinite(numbers?.mean_absolute_error)).toBe(true);
  });

  it("counts right rows of classes past the cap, and makes up no scores for them", () => {
    const names = Array.from({ length: 200 }, (_, i) => `class ${i}`);
    const { classes } = reportOf(values(...names), names.with(199, "class 198"));
    expect([classes?.accuracy, classes?.precision]).toEqual([0.995, null]);
  });

  it("tells how long labels took", () => {
    const { label_delay_seconds: delay } = reportOf(values("a"), ["a"]);
    expect(delay?.median).toBeGreaterThan(60 / 1.1);
    expect(delay?.median).toBeLessThan(60 * 1.1);
    expect(reportOf(values("a"), []).label_delay_seconds).toBeNull();
  });
});
