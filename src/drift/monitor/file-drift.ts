/**
 * Drift of a data set: the same statistics as for live windows, in one window in which every row counts as a request.
 */
import type { Columns, FeatureTable } from "../../payload/reading.ts";
import type { Baseline } from "../baseline/baseline.ts";
import { brokenFeatures } from "../verdict/broken-features.ts";
import { groupNames, groupOffset, sumNames } from "../window/cell-layout.ts";
import { confidenceCell } from "../baseline/column-roles.ts";
import { DriftEngine } from "./drift-engine.ts";
import { buildReport, type DriftReport, type TargetReport } from "./drift-report.ts";
import { driftStates, worseState, type DriftState } from "../verdict/history.ts";
import { TableCounter } from "../window/table-counter.ts";
import type { Thresholds } from "../verdict/verdict.ts";
import { emptyWindow, groupSize, type WindowCounts } from "../window/window-counts.ts";

/** Columns of the data set that are not features; undefined if there is no such column. */
export interface FileColumns {
  readonly prediction: string | undefined;
  readonly score: string | undefined;
  /** True when the score is the probability of one of two classes, false when it is the confidence. */
  readonly isPositiveProbability: boolean;
  /** Further columns to ignore. */
  readonly exclude: ReadonlySet<string>;
}

/** Rules of the verdict on a file. */
export interface FileRule {
  readonly thresholds: Thresholds;
  /** Rows that a verdict needs, instead of 400 or 600: with fewer, chance looks like drift more often. */
  readonly minRows: number | undefined;
}

/** Indices of the columns of a table with a role. */
interface Places {
  readonly columns: Columns;
  readonly prediction: number;
  readonly score: number;
}

/** Adds up a data set, then judges it. Memory does not grow with the rows. */
export class FileDrift {
  readonly #engine: DriftEngine;
  readonly #counter: TableCounter;
  readonly #window: WindowCounts;
  readonly #roles: FileColumns;
  #places: Places | undefined;
  #rows = 0;

  constructor(baseline: Baseline, { thresholds, minRows }: FileRule, roles: FileColumns) {
    const maxFeatures = baseline.features.length;
    const ownMinRows = minRows === undefined ? {} : { minRows };
    this.#engine = new DriftEngine({ baseline, thresholds, windowMs: 1, maxFeatures, ...ownMinRows });
    this.#counter = new TableCounter(this.#engine.layout);
    this.#window = emptyWindow(this.#engine.layout);
    this.#roles = roles;
  }

  /** Rows added. */
  get rows(): number {
    return this.#rows;
  }

  /** Named columns that the last table does not have. */
  get lackingColumns(): readonly string[] {
    const { prediction, score } = this.#roles;
    const isLacking = (name: string | undefined): name is string =>
      name !== undefined && this.#places !== undefined && !this.#places.columns.names.includes(name);
    return [prediction, score].filter(isLacking);
  }

  /** Counts the rows of a table. */
  add(table: FeatureTable): void {
    this.#rows += table.rowCount;
    this.#counter.countFeatures(table, this.#window);
    const places = this.#placesOf(table.columns);
    const { cells, rowCount } = table;
    const width = table.columns.names.length;
    const values =
      places.prediction < 0 ? [] : Array.from({ length: rowCount }, (_, row) => cells[row * width + places.prediction]);
    const confidences = places.score < 0 ? [] : this.#confidences(table, places.score);
    if (values.length + confidences.length === 0) return;
    this.#counter.countPredictions({ rowCount, values, classes: [], probabilities: [], confidences }, this.#window);
  }

  /**
   * The verdict on all rows added; to be called once. Persistence does not apply: the state of a target is the level
   * in this one window. With too few rows, only features that are absent from all rows or of another type get a
   * verdict. Times and length of the window are 0.
   */
  finish(subject: { readonly model: string; readonly version: string; readonly variant: string }): DriftReport {
    this.#countRowsAsRequests();
    const { layout } = this.#engine;
    const { requests, rows, effective } = groupSize(layout, layout.targets[0]?.kind ?? "feature", this.#window.vector);
    this.#engine.decide({ windowMs: 1, windowIndex: 0, counts: this.#window });
    while (this.#engine.step());
    const report = buildReport({
      subject: { ...subject, scope: "file" },
      engine: this.#engine,
      counts: this.#window,
    });
    const broken = this.#brokenNames();
    const isBroken = ({ kind, name }: TargetReport): boolean => kind === "feature" && broken.has(name);
    const targets = report.targets
      .map((target) => withOwnState(isBroken(target) ? { ...target, level: "critical" } : target))
      .sort(compareStates);
    const { changes } = report;
    const reason = report.ready ? "" : `too few rows: ${requests} of ${report.collecting?.needed ?? 0}`;
    return {
      ...report,
      reason,
      window_ms: 0,
      state: targets.reduce<DriftState>((worst, target) => worseState(worst, target.state), "not_ready"),
      window: rows > 0 ? { from_ms: 0, to_ms: 0, requests, rows, effective_rows: effective } : null,
      collecting: null,
      changes: { ...changes, unknown: changes.unknown.filter(({ name }) => !this.#isRole(name)) },
      targets,
    };
  }

  #brokenNames(): ReadonlySet<string> {
    const { layout } = this.#engine;
    const places = brokenFeatures(layout, this.#window);
    return new Set(layout.targets.filter((_, place) => places.has(place)).map(({ name }) => name));
  }

  /** A file has rows, not requests: each counts as one. */
  #countRowsAsRequests(): void {
    const { layout } = this.#engine;
    for (const group of groupNames) {
      const rows = groupSize(layout, group, this.#window.vector).rows;
      this.#window.vector.fill(rows, groupOffset(layout, group), groupOffset(layout, group) + sumNames.length);
    }
  }

  #placesOf(columns: Columns): Places {
    if (this.#places?.columns === columns) return this.#places;
    const { prediction, score } = this.#roles;
    this.#places = {
      columns,
      prediction: prediction === undefined ? -1 : columns.names.indexOf(prediction),
      score: score === undefined ? -1 : columns.names.indexOf(score),
    };
    return this.#places;
  }

  #confidences({ cells, columns, rowCount }: FeatureTable, place: number): Float64Array {
    return Float64Array.from({ length: rowCount }, (_, row) => {
      const cell = confidenceCell(cells[row * columns.names.length + place], this.#roles.isPositiveProbability);
      return typeof cell === "number" ? cell : Number.NaN;
    });
  }

  #isRole(name: string): boolean {
    const { prediction, score, exclude } = this.#roles;
    return name === prediction || name === score || exclude.has(name);
  }
}

function withOwnState(target: TargetReport): TargetReport {
  return { ...target, state: target.level === "none" ? "not_ready" : target.level };
}

/** Worst state first; targets of one state keep their order. */
function compareStates(one: TargetReport, other: TargetReport): number {
  return driftStates.indexOf(other.state) - driftStates.indexOf(one.state);
}
