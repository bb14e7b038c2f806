/** The report that `GET /drift` returns and `outrider drift` prints: every number behind a verdict. */
import type { BaselineSource } from "../baseline/baseline.ts";
import { cellLabels } from "../window/cell-labels.ts";
import { baselineCells, type Target, type TargetKind } from "../window/cell-layout.ts";
import { findChanges, type ShapeChanges } from "../verdict/changes.ts";
import type { DriftEngine } from "./drift-engine.ts";
import { driftStates, worseState, type DriftState } from "../verdict/history.ts";
import type { LearningProgress } from "../baseline/learning.ts";
import { statisticNames, type StatisticName } from "../verdict/statistics.ts";
import {
  levelOf,
  statisticOf,
  testNames,
  type Level,
  type TestName,
  type Thresholds,
  type WindowVerdict,
} from "../verdict/verdict.ts";
import { groupSize, type WindowCounts } from "../window/window-counts.ts";

/** Model and scope of a report. */
export interface DriftSubject {
  readonly model: string;
  readonly version: string;
  readonly variant: string;
  /** `replica`: of this process alone; `fleet`: of all replicas together; `file`: of a data set. */
  readonly scope: "replica" | "fleet" | "file";
}

/** Values of the statistics; null if not computed. */
export type ReportedStatistics = Readonly<Record<StatisticName, number | null>>;

/** Histograms of baseline and window, one number for each cell. */
export interface ReportedCells {
  readonly labels: readonly string[];
  /** Rows of the baseline; fewer than were counted when it was learned from requests of many rows. */
  readonly baseline: readonly number[];
  /** Rows of the window; all 0 before the first decision. */
  readonly current: readonly number[];
}

/** Drift of one feature, of the prediction or of the confidence. */
export interface TargetReport {
  readonly kind: TargetKind;
  readonly name: string;
  readonly type: "numeric" | "categorical";
  /** State with persistence; alert on this. */
  readonly state: DriftState;
  /** Level of the last decided window alone. */
  readonly level: Level;
  /** The test that decided the level. */
  readonly decided_by: TestName;
  /** Decided windows that were at least a warning. */
  readonly violations: number;
  /** n, rows and window of its group; null before the first decision. */
  readonly effective_rows: number | null;
  readonly statistics: ReportedStatistics;
  /** Null in a report without cells, see {@link ReportOptions}. */
  readonly cells: ReportedCells | null;
  /** Examples of values that the baseline does not have. */
  readonly new_values: readonly string[];
}

/** A time span, wall-clock milliseconds, and the requests and rows counted in it. */
export interface ReportedWindow {
  readonly from_ms: number;
  readonly to_ms: number;
  readonly requests: number;
  readonly rows: number;
  /** n = (Σr)²/Σr². */
  readonly effective_rows: number;
}

/** A longer window, which is shown but decides nothing. */
export interface ShownReport extends ReportedWindow {
  readonly window_ms: number;
  readonly targets: readonly {
    readonly kind: TargetKind;
    readonly name: string;
    readonly score: number | null;
    readonly level: string;
  }[];
}

/** {@link Thresholds} under their names in the configuration. */
export interface ReportedThresholds {
  readonly warn_psi: number;
  readonly critical_psi: number;
  readonly false_discovery: number;
}

/** Drift of one model. JSON-able; field names are part of the admin API. */
export interface DriftReport extends DriftSubject {
  /** Worst state of its targets. */
  readonly state: DriftState;
  /** True when the last window had enough rows. */
  readonly ready: boolean;
  /** Reason why it is not ready; empty when it is. */
  readonly reason: string;
  readonly window_ms: number;
  readonly thresholds: ReportedThresholds;
  /** Null while it is being learned. */
  readonly baseline: (BaselineSource & { readonly created_at: string; readonly features: number }) | null;
  /** Progress of learning; null when there is a baseline. */
  readonly learning: LearningProgress | null;
  /** The window that decided last; null before the first. */
  readonly window: ReportedWindow | null;
  /** Counts since the last decision, and the effective rows that the next verdict needs. */
  readonly collecting: { readonly requests: number; readonly effective_rows: number; readonly needed: number } | null;
  readonly changes: ShapeChanges;
  /** Worst first, then by score. */
  readonly targets: readonly TargetReport[];
  /** Features that are not monitored: there were more than the bound, or no memory to learn them. */
  readonly unwatched_features: number;
  readonly long_windows: readonly ShownReport[];
}

/** Input of {@link buildReport}. */
export interface ReportInput {
  readonly subject: DriftSubject;
  readonly engine: DriftEngine;
  /** Counts of the window that is still open, for `collecting`. */
  readonly open?: Float64Array | undefined;
  /** Counts to show; default: those of the last decision. */
  readonly counts?: WindowCounts;
  /** Columns that were left out when the baseline was learned. */
  readonly droppedColumns?: number;
  readonly options?: ReportOptions;
}

/** Options of a report. */
export interface ReportOptions {
  /** False leaves out the histograms, which are most of its bytes and half of its time. */
  readonly withCells?: boolean;
}

/** The report of a model with a baseline. About 10 µs a target, half without the cells. */
export function buildReport({ subject, engine, open, droppedColumns = 0, ...input }: ReportInput): DriftReport {
  const { options = {}, counts = engine.decidedCounts } = input;
  const { baseline, layout } = engine;
  const group = layout.targets[0]?.kind ?? "feature";
  const decided = engine.decided.get(group);
  const newValues = new Map(counts.names.names().newValues.map(({ name, values }) => [name, values]));
  const targets = layout.targets.map((target, index) => ({
    ...reportTarget(engine, target, index),
    cells: options.withCells === false ? null : reportCells(target, counts.vector),
    new_values: newValues.get(target.name) ?? [],
  }));
  const { createdAt, source } = baseline;
  return {
    ...subject,
    state: targets.reduce<DriftState>((worst, { state }) => worseState(worst, state), "not_ready"),
    ready: engine.isReady,
    reason: engine.isReady ? "" : reasonOf(engine),
    window_ms: engine.windowMs,
    thresholds: reportThresholds(engine.thresholds),
    baseline: { ...source, created_at: createdAt, features: baseline.features.length },
    learning: null,
    window: decided === undefined ? null : reportWindow(decided.fromMs, decided.toMs, decided.size),
    collecting: reportCollecting(engine, open),
    changes: findChanges(layout, counts),
    targets: targets.sort(compareTargets),
    unwatched_features: layout.unwatched.length + droppedColumns,
    long_windows: Array.from(engine.shown.values(), (shown) => ({
      window_ms: shown.windowMs,
      ...reportWindow(shown.windowIndex * shown.windowMs, (shown.windowIndex + 1) * shown.windowMs, shown.size),
      targets: layout.targets.map(({ kind, name }, index) => ({
        kind,
        name,
        score: finite(shown.scores[index]),
        level: shown.levels[index] ?? "none",
      })),
    })),
  };
}

/** The report of a model whose baseline is being learned. */
export function buildLearningReport(
  subject: DriftSubject,
  options: { readonly windowMs: number; readonly thresholds: Thresholds },
  learning: LearningProgress,
): DriftReport {
  return {
    ...subject,
    state: "not_ready",
    ready: false,
    reason: `learning the baseline: ${learning.requests} of ${learning.needed} requests`,
    window_ms: options.windowMs,
    thresholds: reportThresholds(options.thresholds),
    baseline: null,
    learning,
    window: null,
    collecting: null,
    changes: { absent: [], unknown: [], unknown_dropped: 0, retyped: [] },
    targets: [],
    unwatched_features: learning.dropped_columns,
    long_windows: [],
  };
}

function reportThresholds({ warnPsi, criticalPsi, falseDiscovery }: Thresholds): ReportedThresholds {
  return { warn_psi: warnPsi, critical_psi: criticalPsi, false_discovery: falseDiscovery };
}

function reportTarget(engine: DriftEngine, target: Target, index: number): Omit<TargetReport, "new_values" | "cells"> {
  const { verdict, history } = engine;
  const { kind, name, distribution } = target;
  const isDecided = levelOf(verdict, index) !== "none";
  const size = engine.decided.get(kind)?.size;
  return {
    kind,
    name,
    type: distribution.kind,
    state: history.stateOf(index),
    level: levelOf(verdict, index),
    decided_by: testNames[verdict.deciders[index]!]!,
    violations: history.violationsOf(index),
    effective_rows: isDecided && size !== undefined ? size.effective : null,
    statistics: reportStatistics(verdict, index),
  };
}

function reportStatistics(verdict: WindowVerdict, target: number): ReportedStatistics {
  const reported: Partial<Record<StatisticName, number | null>> = {};
  for (const name of statisticNames) reported[name] = finite(statisticOf(verdict, target, name));
  return reported as ReportedStatistics;
}

function reportCells({ distribution, offset, cells }: Target, vector: Float64Array): ReportedCells {
  const current = vector.length === 0 ? new Float64Array(cells) : vector.subarray(offset, offset + cells);
  return { labels: cellLabels(distribution), baseline: [...baselineCells(distribution)], current: [...current] };
}

function reportWindow(
  fromMs: number,
  toMs: number,
  size: { readonly requests: number; readonly rows: number; readonly effective: number },
): ReportedWindow {
  return { from_ms: fromMs, to_ms: toMs, requests: size.requests, rows: size.rows, effective_rows: size.effective };
}

function reportCollecting(engine: DriftEngine, open: Float64Array | undefined): DriftReport["collecting"] {
  const { layout } = engine;
  const group = layout.targets[0]?.kind ?? "feature";
  const parts = [open, engine.carriedCounts?.vector].flatMap((vector) =>
    vector === undefined ? [] : [groupSize(layout, group, vector)],
  );
  // Carried and open rows add up as Σr and Σr² do, not as n does.
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const squared = parts.reduce((sum, part) => sum + (part.effective > 0 ? part.rows ** 2 / part.effective : 0), 0);
  return {
    requests: parts.reduce((sum, part) => sum + part.requests, 0),
    effective_rows: squared > 0 ? rows ** 2 / squared : 0,
    needed: engine.neededRows(group),
  };
}

function reasonOf(engine: DriftEngine): string {
  const { layout } = engine;
  if (layout.targets.length === 0) return "the baseline has no features";
  const group = layout.targets[0]?.kind ?? "feature";
  const counted =
    engine.carriedCounts === undefined ? 0 : groupSize(layout, group, engine.carriedCounts.vector).effective;
  const needed = engine.neededRows(group);
  if (engine.version === 0) return "no window is over yet";
  return counted >= needed || (counted === 0 && engine.carriedCounts !== undefined)
    ? "too few predictions were read; they are carried into the next window"
    : `too few requests: ${Math.floor(counted)} of ${needed}; they are carried into the next window`;
}

/** Worst state first, then worst level, then the largest effect. */
function compareTargets(one: TargetReport, other: TargetReport): number {
  const byState = driftStates.indexOf(other.state) - driftStates.indexOf(one.state);
  return byState || effectOf(other) - effectOf(one);
}

/** The largest effect of any test of a target: a debiased PSI, 0 before the first decision. */
export function effectOf({ statistics }: TargetReport): number {
  return Math.max(statistics.score ?? 0, statistics.missing_score ?? 0, statistics.outside_score ?? 0);
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
