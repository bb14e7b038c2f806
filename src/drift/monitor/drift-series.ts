/** Drift as metric samples, rendered once for each decided window; how many there are is bounded by construction. */
import { collectedNames } from "../../metrics/requests/label-sets.ts";
import { effectOf, type DriftReport, type TargetReport } from "./drift-report.ts";
import { driftStates } from "../verdict/history.ts";
import type { StatisticName } from "../verdict/statistics.ts";

/** One sample of a family that the catalogue of metrics declares. */
export interface DriftSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Bounds of what one model gives. */
export interface SeriesLimits {
  /** Samples a model; what does not fit is left out and counted in `outrider_drift_series_dropped_total`. */
  readonly series: number;
  /** Targets with the largest effects whose statistics are given one by one. */
  readonly detailed: number;
}

/** The bounds that dashboards and alerts are made for. */
export const defaultSeriesLimits: SeriesLimits = { series: 3000, detailed: 10 };

/** Statistics of the targets that are given in detail; the values of the label `statistic`. */
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
export const changeKinds = ["absent", "unknown", "retyped"] as const;

/**
 * The samples of one report: of the model first, then score, missing ratio, violations and state of each target in the order of
 * their names (so that the same ones stay when there are too many), then the detail. A target that was never decided
 * has violations and state only. O(targets · log targets).
 */
export function driftSamples(report: DriftReport, limits: SeriesLimits = defaultSeriesLimits): readonly DriftSample[] {
  const { model, version, variant } = report;
  const labels = { model: model || collectedNames.unnamed, version, variant };
  const ofModel = modelSamples(report, labels);
  const ofTargets = [...report.targets]
    .sort((one, other) => compareText(one.kind, other.kind) || compareText(one.name, other.name))
    .flatMap((target) => targetSamples(target, labels));
  const detailed = report.targets
    .filter(({ level }) => level !== "none")
    .sort((one, other) => effectOf(other) - effectOf(one))
    .slice(0, limits.detailed)
    .flatMap((target) => detailSamples(target, labels));
  const all = [...ofModel, ...ofTargets, ...detailed];
  // One place is kept for the count of what is left out.
  const kept = all.slice(0, Math.max(0, limits.series - 1));
  return [...kept, { name: "outrider_drift_series_dropped_total", labels, value: all.length - kept.length }];
}

type ModelLabels = Readonly<Record<"model" | "version" | "variant", string>>;

function modelSamples(report: DriftReport, labels: ModelLabels): readonly DriftSample[] {
  const { ready, window, changes, targets } = report;
  const counts = { absent: changes.absent, unknown: changes.unknown, retyped: changes.retyped };
  return [
    { name: "outrider_drift_ready", labels, value: ready ? 1 : 0 },
    { name: "outrider_drift_window_requests", labels, value: window?.effective_rows ?? 0 },
    ...driftStates.map((state) => ({
      name: "outrider_drift_features",
      labels: { ...labels, state },
      value: targets.filter((target) => target.kind === "feature" && target.state === state).length,
    })),
    ...changeKinds.map((change) => ({
      name: "outrider_drift_changed_features",
      labels: { ...labels, change },
      value: counts[change].length,
    })),
  ];
}

function targetSamples(target: TargetReport, model: ModelLabels): readonly DriftSample[] {
  const { kind, name, state, violations, statistics } = target;
  const labels = { ...model, kind, feature: name };
  return [
    ...sample("outrider_drift_score", labels, statistics.score),
    ...sample("outrider_drift_missing_ratio", labels, statistics.missing),
    { name: "outrider_drift_violations_total", labels, value: violations },
    // -1 not ready, 0 ok, 1 warning, 2 critical.
    { name: "outrider_drift_state", labels, value: driftStates.indexOf(state) - 1 },
  ];
}

function detailSamples({ kind, name, statistics }: TargetReport, model: ModelLabels): readonly DriftSample[] {
  return detailStatistics.flatMap((statistic) =>
    sample("outrider_drift_detail", { ...model, kind, feature: name, statistic }, statistics[statistic]),
  );
}

function sample(name: string, labels: DriftSample["labels"], value: number | null): readonly DriftSample[] {
  return value === null ? [] : [{ name, labels, value }];
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
