import { describe, expect, it } from "vitest";
import { accuracyFamilies, labelFamilies } from "../../src/accuracy/label-families.ts";
import { aLabel, aMonitor, aRequest, chances, noonMs, values } from "./a-label-monitor.ts";

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe("metrics of labels", () => {
  it("have all that an alert about accuracy stands on, under the same labels", () => {
    const monitor = aMonitor({ baselineOf: () => ({ quality: { accuracy: 0.99, rows: 500 } }) });
    monitor.predicted(aRequest({ variant: "canary", predictions: chances(...times(100, 0.75)) }));
    for (let row = 0; row < 100; row++) monitor.label(aLabel("r", row < 90 ? "yes" : "no", row), noonMs + 1000);
    const families = accuracyFamilies(monitor.totals());
    const labels = { model: "m", version: "1", variant: "canary" };
    const one = (value: unknown) => [{ labels, value }];
    expect(families.outrider_accuracy).toEqual(one(0.9));
    expect(families.outrider_accuracy_lower_bound).toEqual(one(expect.closeTo(0.825634, 6)));
    expect(families.outrider_accuracy_upper_bound).toEqual(one(expect.closeTo(0.944771, 6)));
    expect(families.outrider_accuracy_baseline).toEqual(one(0.99));
    expect(families.outrider_accuracy_ready).toEqual(one(1));
    expect(families.outrider_accuracy_estimated).toEqual(one(0.75));
    expect(families.outrider_accuracy_estimate_valid).toEqual(one(0));
    expect(families.outrider_calibration_error).toEqual(one(expect.closeTo(0.15)));
    expect(families.outrider_brier_score).toEqual(one(expect.closeTo(0.9 * 0.0625 + 0.1 * 0.5625)));
    expect(families.outrider_label_coverage_ratio).toEqual(one(1));
    // A `quantile` label belongs to summaries: linters of metrics refuse it on gauges.
    expect(families.outrider_label_delay_p50_seconds).toEqual(one(expect.closeTo(1.09, 2)));
    expect(families.outrider_label_delay_p95_seconds).toEqual(one(expect.closeTo(1.09, 2)));
    expect(families.outrider_mean_absolute_error).toEqual([]);
  });

  it("make up no score before there are enough labels", () => {
    const monitor = aMonitor();
    monitor.predicted(aRequest({ predictions: values(...times(29, "a")) }));
    for (let row = 0; row < 29; row++) monitor.label(aLabel("r", "a", row), noonMs);
    const families = accuracyFamilies(monitor.totals());
    expect([families.outrider_accuracy, families.outrider_f1_score, families.outrider_accuracy_estimated]).toEqual([
      [],
      [],
      [],
    ]);
    expect(families.outrider_accuracy_ready.map(({ value }) => value)).toEqual([0]);
  });

  it("have errors for numbers, beside the baseline's", () => {
    const monitor = aMonitor({ baselineOf: () => ({ quality: { meanAbsoluteError: 0.25, rows: 500 } }) });
    monitor.predicted(aRequest({ predictions: values(...times(30, 2.5)) }));
    for (let row = 0; row < 30; row++) monitor.label(aLabel("r", 2, row), noonMs);
    const families = accuracyFamilies(monitor.totals());
    expect(families.outrider_mean_absolute_error[0]?.value).toBe(0.5);
    expect(families.outrider_root_mean_squared_error[0]?.value).toBe(0.5);
    expect(families.outrider_mean_absolute_error_baseline[0]?.value).toBe(0.25);
    expect(families.outrider_accuracy).toEqual([]);
  });

  it("count labels by what became of them and predictions by why they have none, each from 0", () => {
    const monitor = aMonitor({ maxModels: 1 });
    monitor.predicted(aRequest({ requestId: "a" }));
    monitor.predicted(aRequest({ requestId: "a" }));
    monitor.predicted(aRequest({ requestId: "" }));
    monitor.predicted(aRequest({ model: "other" }));
    monitor.label(aLabel("a", "yes"), noonMs);
    const families = labelFamilies(monitor);
    expect(
      Object.fromEntries(families.outrider_labels_total.map(({ labels, value }) => [labels?.["result"], value])),
    ).toEqual({
      joined: 1,
      duplicate: 0,
      conflict: 0,
      late: 0,
      early: 0,
      forwarded: 0,
      unknown: 0,
      invalid: 0,
    });
    const reasons = families.outrider_unlabelled_predictions_total.map(({ labels, value }) => [
      labels?.["reason"],
      value,
    ]);
    expect(Object.fromEntries(reasons)).toEqual({ expired: 0, evicted: 0, repeated: 1, max_models: 1, no_id: 1 });
    expect(families.outrider_predictions_awaiting_labels).toEqual([{ value: 0 }]);
  });
});
