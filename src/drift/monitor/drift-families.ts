/** Drift as metric samples, rendered once for each decided window. The number of samples is bounded. */
import type { driftRows } from "../../metrics/catalogue/drift-catalogue.ts";
import { collectedNames } from "../../metrics/model-labels.ts";
import type { LabelValues, Sample, SampleFamilies } from "../../metrics/sample.ts";
import { effectOf, type DriftReport, type TargetReport } from "./drift-report.ts";
import { driftStates } from "../verdict/history.ts";
import type { StatisticName } from "../verdict/statistics.ts";

/** Bounds on the series of one model. */
export interface SeriesLimits {
  /** Samples a model. Further ones are left out and counted in `outrider_drift_series_dropped_total`. */
  readonly series: number;
  /** Targets whose statistics are exported one by one: those with the largest effects. */
  readonly detailed: number;
}

/** The bounds that dashboards and alerts are made for. */
export const defaultSeriesLimits: SeriesLimits = { series: 3000, detailed: 10 };

/** Statistics that are exported for the targets in detail; the values of the label `statistic`. */
export const detailStatistics: readonly StatisticName[] = [
  "js",
  "tvd",
  "linf",
  "chi_squared",
  "adjusted_p",
  "ks",
  "wasserstein",
  "missing_score",
  "outside",
  "outside_score",
  "invalid",
];

/** Kinds of `outrider_drift_changed_features`; the values of the label `change`. */
const changeKinds = ["absent", "unknown", "retyped"] as const;

/**
 * The samples of reports. In each model its own samples come first, then score, missing ratio, violations and state of
 * each target in the order of their names (so that the same ones stay when there are too many), then the detail. A
 * target that was never decided has violations and state only. O(targets · log targets).
 */
export function driftFamilies(
  reports: readonly DriftReport[],
  limits: SeriesLimits = defaultSeriesLimits,
): SampleFamilies {
  const families: Families = {};
  for (const report of reports) addModel(new ModelSamples(families, report, limits), report, limits);
  return families;
}

type DriftMetricName = keyof typeof driftRows;

type Families = Partial<Record<DriftMetricName, Sample[]>>;

/** Adds the samples of one model to the families, up to the bound. */
class ModelSamples {
  readonly #families: Families;
  readonly #labels: LabelValues;
  #room: number;
  #dropped = 0;

  constructor(families: Families, { model, version, variant }: DriftReport, { series }: SeriesLimits) {
    this.#families = families;
    this.#labels = { model: model || collectedNames.unnamed, version, variant };
    // One place is kept for the number of samples left out.
    this.#room = series - 1;
  }

  /** Adds a sample, unless there is no value. */
  add(name: DriftMetricName, value: number | null, labels: LabelValues = {}): void {
    if (value === null) return;
    if (this.#room <= 0) {
      this.#dropped++;
      return;
    }
    this.#room--;
    this.#push(name, value, labels);
  }

  /** Adds the number of samples left out. */
  close(): void {
    this.#push("outrider_drift_series_dropped_total", this.#dropped, {});
  }

  #push(name: DriftMetricName, value: number, labels: LabelValues): void {
    (this.#families[name] ??= []).push({ labels: { ...this.#labels, ...labels }, value });
  }
}

function addModel(samples: ModelSamples, report: DriftReport, { detailed }: SeriesLimits): void {
  const { ready, window, changes, targets } = report;
  samples.add("outrider_drift_ready", ready ? 1 : 0);
  samples.add("outrider_drift_window_requests", window?.effective_rows ?? 0);
  for (const state of driftStates) {
    const inState = targets.filter((target) => target.kind === "feature" && target.state === state);
    samples.add("outrider_drift_features", inState.length, { state });
  }
  for (const change of changeKinds) {
    samples.add("outrider_drift_changed_features", changes[change].length, { change });
  }
  const byName = [...targets].sort(
    (one, other) => compareText(one.kind, other.kind) || compareText(one.name, other.name),
  );
  for (const target of byName) addTarget(samples, target);
  const decided = targets.filter(({ level }) => level !== "none");
  const strongest = decided.sort((one, other) => effectOf(other) - effectOf(one)).slice(0, detailed);
  for (const { kind, name: feature, statistics } of strongest) {
    for (const statistic of detailStatistics) {
      samples.add("outrider_drift_detail", statistics[statistic], { kind, feature, statistic });
    }
  }
  samples.close();
}

function addTarget(samples: ModelSamples, { kind, name, state, violations, statistics }: TargetReport): void {
  const labels = { kind, feature: name };
  samples.add("outrider_drift_score", statistics.score, labels);
  samples.add("outrider_drift_missing_ratio", statistics.missing, labels);
  samples.add("outrider_drift_violations_total", violations, labels);
  // -1 not ready, 0 ok, 1 warning, 2 critical.
  samples.add("outrider_drift_state", driftStates.indexOf(state) - 1, labels);
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
