import { describe, expect, it } from "vitest";

import { DriftMonitor } from "../../../src/drift/monitor/drift-monitor.ts";
import type { DriftReport } from "../../../src/drift/monitor/drift-report.ts";
import { defaultSeriesLimits, driftFamilies } from "../../../src/drift/monitor/drift-families.ts";
import { defaultThresholds } from "../../../src/drift/verdict/verdict.ts";
import { driftRows } from "../../../src/metrics/catalogue/drift-catalogue.ts";
import { aSubject, baselineOf, numeric } from "../support/some-baselines.ts";

function reportOf(features: number, requests: number): DriftReport {
  const names = Array.from({ length: features }, (_, index) => `f${index}`);
  const baseline = baselineOf(names.map((name) => numeric(name, [0, 1, 2], { counts: [1000, 1000] })));
  const options = {
    learnRequests: 100,
    windowMs: 1000,
    longWindowsMs: [],
    thresholds: defaultThresholds,
    maxFeatures: 10_000,
    formatTime: String,
  };
  const monitor = new DriftMonitor(aSubject, options, baseline, 0);
  const columns = { names: [...names.slice(1), "extra"], isPositional: false };
  for (let index = 0; index < requests; index++) {
    monitor.add({ columns, rowCount: 1, cells: names.map(() => (index % 2) + 0.5) }, undefined, 5);
  }
  monitor.advance(1000);
  while (monitor.step());
  return monitor.report({ withCells: false });
}

/** What is counted beside the reports. */
const ofTheProcess = new Set(["outrider_drift_models_dropped_total", "outrider_drift_windows_lost_total"]);

interface NamedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples of one report in one list. */
const driftSamples = (report: DriftReport, limits = defaultSeriesLimits): readonly NamedSample[] =>
  Object.entries(driftFamilies([report], limits)).flatMap(([name, samples]) =>
    Array.from(samples, ({ labels = {}, value }) => ({ name, labels, value })),
  );

const named = (samples: readonly NamedSample[], name: string): readonly NamedSample[] =>
  samples.filter((sample) => sample.name === name);

describe("driftFamilies", () => {
  it("gives four samples a target, the states, the changes, and the detail of the worst", () => {
    const samples = driftSamples(reportOf(3, 500));
    const labels = { model: "churn", version: "7", variant: "stable" };
    expect(named(samples, "outrider_drift_ready")).toEqual([{ name: "outrider_drift_ready", labels, value: 1 }]);
    expect(named(samples, "outrider_drift_window_requests")[0]!.value).toBe(500);
    expect(
      named(samples, "outrider_drift_score").map((sample) => [sample.labels["feature"], sample.value > 0.2]),
    ).toEqual([
      ["f0", true],
      ["f1", false],
      ["f2", false],
    ]);
    expect(named(samples, "outrider_drift_missing_ratio").map(({ value }) => value)).toEqual([1, 0, 0]);
    expect(named(samples, "outrider_drift_violations_total").map(({ value }) => value)).toEqual([1, 0, 0]);
    expect(
      named(samples, "outrider_drift_state").map(({ value }) => value),
      "a feature that is absent from all rows needs no second window",
    ).toEqual([2, 0, 0]);
    const changes = named(samples, "outrider_drift_changed_features");
    expect(changes.map((sample) => [sample.labels["change"], sample.value])).toEqual([
      ["absent", 1],
      ["unknown", 1],
      ["retyped", 0],
    ]);
    const states = named(samples, "outrider_drift_features");
    expect(Object.fromEntries(states.map((sample) => [sample.labels["state"], sample.value]))).toEqual({
      not_ready: 0,
      ok: 2,
      warn: 0,
      critical: 1,
    });
    expect(named(samples, "outrider_drift_detail").some((sample) => sample.labels["statistic"] === "js")).toBe(true);
    expect(samples.every(({ value }) => Number.isFinite(value))).toBe(true);
    expect(new Set(samples.map(({ name, labels: of }) => JSON.stringify([name, of]))).size).toBe(samples.length);
  });

  it("gives every metric of drift that the catalogue has, and no other", () => {
    const given = new Set(driftSamples(reportOf(3, 500)).map(({ name }) => name));
    expect(given).toEqual(new Set(Object.keys(driftRows).filter((name) => !ofTheProcess.has(name))));
  });

  it("puts the samples of all models under one metric", () => {
    const report = reportOf(3, 500);
    const { outrider_drift_ready: ready = [] } = driftFamilies([report, { ...report, version: "8" }]);
    expect(Array.from(ready, ({ labels }) => labels?.["version"])).toEqual(["7", "8"]);
  });

  it("gives no score before the first verdict", () => {
    const samples = driftSamples(reportOf(3, 10));
    expect(named(samples, "outrider_drift_ready")[0]!.value).toBe(0);
    expect(named(samples, "outrider_drift_score")).toEqual([]);
    expect(named(samples, "outrider_drift_state").map(({ value }) => value)).toEqual([-1, -1, -1]);
    expect(named(samples, "outrider_drift_violations_total")).toHaveLength(3);
  });

  it("keeps to its bound and counts what it leaves out", () => {
    const report = reportOf(1500, 410);
    const samples = driftSamples(report);
    expect(samples).toHaveLength(defaultSeriesLimits.series);
    const dropped = named(samples, "outrider_drift_series_dropped_total");
    expect(dropped).toHaveLength(1);
    const all = driftSamples(report, { series: Infinity, detailed: 10 });
    expect(dropped[0]!.value).toBe(all.length - samples.length);
    expect(driftSamples(report, { series: 1, detailed: 10 })).toHaveLength(1);
    expect(named(driftSamples(reportOf(500, 410)), "outrider_drift_series_dropped_total")[0]!.value).toBe(0);
  });
});
