/**
 * Drift of one model, version and variant as one process sees it: learns a baseline if it has none, counts requests into
 * windows, and hands windows that are over to the engine.
 */
import type { FeatureTable, Predictions } from "../../payload/body-content.ts";
import type { Baseline } from "../baseline/baseline.ts";
import { DriftEngine, type ClosedWindow } from "./drift-engine.ts";
import {
  buildLearningReport,
  buildReport,
  type DriftReport,
  type DriftSubject,
  type ReportOptions,
} from "./drift-report.ts";
import { Learning } from "./learning.ts";
import type { SeenNames } from "../window/seen-names.ts";
import { TableCounter } from "../window/table-counter.ts";
import { TumblingWindows } from "../window/tumbling-windows.ts";
import type { Thresholds } from "../verdict/verdict.ts";

/** How drift is watched; the same for all models. */
export interface MonitorOptions {
  /** Requests that become the baseline of a model that has none. */
  readonly learnRequests: number;
  /** Length of the windows that decide, milliseconds. */
  readonly windowMs: number;
  /** Longer windows that are shown. */
  readonly longWindowsMs: readonly number[];
  readonly thresholds: Thresholds;
  /** Features watched or learned; further ones are left out and named in the report. */
  readonly maxFeatures: number;
  /** A time in milliseconds since the epoch as RFC 3339, for a baseline that is learned. */
  formatTime(this: void, ms: number): string;
}

/** Counts of one window under the name of their layout, to be added to those of other replicas. */
export interface WindowSnapshot {
  readonly digest: string;
  readonly windowMs: number;
  readonly windowIndex: number;
  /** Absolute counts of this process for this window; valid until the next call of the monitor. */
  readonly counts: Float64Array;
  readonly names: SeenNames;
}

/** What is watched once there is a baseline. */
interface Watching {
  readonly engine: DriftEngine;
  readonly counter: TableCounter;
  readonly windows: TumblingWindows;
}

/** Closed windows kept for {@link DriftMonitor.advance}: a few lengths, and one advance that came late. */
const maxClosedWindows = 8;

/**
 * The monitor. Times are wall-clock milliseconds. Memory: under 1 MB with 500 features, 8 MB more while a baseline is
 * learned.
 */
export class DriftMonitor {
  readonly #options: MonitorOptions;
  readonly #subject: DriftSubject;
  #learning: Learning | undefined;
  /** The baseline on its way, when enough was learned: its columns would hold up requests if they were finished at once. */
  #finishing: Generator<undefined, Baseline> | undefined;
  #watching: Watching | undefined;
  #closed: WindowSnapshot[] = [];
  #droppedWindows = 0;
  /** The version when the baseline that is used came. */
  #versionBefore = 0;
  #learnedAtMs = 0;
  /** Columns that there was no room for when the baseline that is used was learned here. */
  #droppedColumns = 0;

  constructor(
    subject: Omit<DriftSubject, "scope">,
    options: MonitorOptions,
    baseline: Baseline | undefined,
    nowMs: number,
  ) {
    this.#subject = { ...subject, scope: "replica" };
    this.#options = options;
    if (baseline === undefined) {
      this.#learning = new Learning({ needed: options.learnRequests, maxFeatures: options.maxFeatures });
    } else {
      this.useBaseline(baseline, nowMs);
    }
  }

  get subject(): DriftSubject {
    return this.#subject;
  }

  /** What is compared with; undefined while it is learned. */
  get baseline(): Baseline | undefined {
    return this.#watching?.engine.baseline;
  }

  /** Changes whenever a window was decided, and when a baseline is there. */
  get version(): number {
    return this.#watching === undefined ? 0 : this.#versionBefore + this.#watching.engine.version + 1;
  }

  /** Closed windows that nobody fetched with {@link DriftMonitor.advance} in time. */
  get droppedWindows(): number {
    return this.#droppedWindows;
  }

  /** Bytes of the arrays that are held; names and what the baseline itself takes come on top. */
  get byteLength(): number {
    if (this.#watching === undefined) return 0;
    const { engine, counter, windows } = this.#watching;
    return engine.byteLength + counter.byteLength + windows.byteLength;
  }

  /** Starts anew with this baseline: one that was fetched, or one that all replicas agreed on. */
  useBaseline(baseline: Baseline, nowMs: number): void {
    const { windowMs, longWindowsMs, thresholds, maxFeatures } = this.#options;
    const engine = new DriftEngine({ baseline, windowMs, thresholds, maxFeatures });
    this.#versionBefore = this.version;
    this.#learning = undefined;
    this.#finishing = undefined;
    this.#droppedColumns = 0;
    this.#watching = {
      engine,
      counter: new TableCounter(engine.layout),
      windows: new TumblingWindows(engine.layout, windowMs, longWindowsMs, nowMs),
    };
  }

  /**
   * Counts one request and its answer, as far as they could be read. Costs what {@link TableCounter} says. Requests that
   * come while a learned baseline is being finished are not counted: as many as there are columns, or fewer.
   */
  add(features: FeatureTable | undefined, predictions: Predictions | undefined, nowMs: number): void {
    if (this.#watching === undefined) {
      this.#learn(features, predictions, nowMs);
      return;
    }
    const { counter, windows } = this.#watching;
    const open = windows.at(nowMs);
    if (features !== undefined) counter.countFeatures(features, open);
    if (predictions !== undefined) counter.countPredictions(predictions, open);
    if (windows.hasClosed) this.#decideClosed(this.#watching);
  }

  /**
   * Closes windows that are over; to be called about once a second. Gives the final counts of those that closed since the
   * last call, of every length, for the shared state of a fleet. Then there is work for {@link DriftMonitor.step}.
   */
  advance(nowMs: number): readonly WindowSnapshot[] {
    if (this.#watching !== undefined) {
      this.#watching.windows.roll(nowMs);
      this.#decideClosed(this.#watching);
    }
    const closed = this.#closed;
    this.#closed = [];
    return closed;
  }

  /** Judges a bit further, under 0.5 ms. False when there is nothing to do: then the report stands. */
  step(): boolean {
    if (this.#finishing !== undefined) {
      this.#finishBaseline(this.#finishing, this.#learnedAtMs);
      return true;
    }
    return this.#watching?.engine.step() ?? false;
  }

  /** The report as of the last decided window. About 10 µs a feature. */
  report(options: ReportOptions = {}): DriftReport {
    if (this.#watching === undefined) {
      const nothing = { requests: 0, needed: this.#options.learnRequests, dropped_columns: 0 };
      const progress = this.#learning?.progress ?? nothing;
      return buildLearningReport(this.#subject, this.#options, progress);
    }
    const { engine, windows } = this.#watching;
    const open = windows.openWindow(engine.windowMs)?.vector;
    return buildReport({ subject: this.#subject, engine, open, droppedColumns: this.#droppedColumns, options });
  }

  /**
   * What this process has counted so far in the window of this length that is open. A long one gets the rows of a short
   * one when that closes. Undefined while learning and for other lengths.
   */
  counts(windowMs: number): WindowSnapshot | undefined {
    if (this.#watching === undefined) return undefined;
    const { engine, windows } = this.#watching;
    const open = windows.openWindow(windowMs);
    if (open === undefined) return undefined;
    const { windowIndex, vector, names } = open;
    return { digest: engine.layout.digest, windowMs, windowIndex, counts: vector, names: names.names() };
  }

  #learn(features: FeatureTable | undefined, predictions: Predictions | undefined, nowMs: number): void {
    if (this.#finishing !== undefined) {
      this.#finishBaseline(this.#finishing, nowMs);
      return;
    }
    if (this.#learning === undefined || (features === undefined && predictions === undefined)) return;
    this.#learning.add(features, predictions);
    if (!this.#learning.isEnough) return;
    this.#learnedAtMs = nowMs;
    this.#finishing = this.#learning.finish(this.#options.formatTime(nowMs), this.#subject.model);
  }

  /** One column of the baseline that was learned; after the last, windows begin. */
  #finishBaseline(finishing: Generator<undefined, Baseline>, nowMs: number): void {
    const { done, value } = finishing.next();
    if (done !== true) return;
    const dropped = this.#learning?.progress.dropped_columns ?? 0;
    this.useBaseline(value, nowMs);
    this.#droppedColumns = dropped;
  }

  #decideClosed({ engine, windows }: Watching): void {
    for (const window of windows.takeClosed()) {
      this.#closed.push(snapshotOf(engine, window));
      engine.decide(window, "once");
    }
    const surplus = this.#closed.length - maxClosedWindows;
    if (surplus <= 0) return;
    this.#closed.splice(0, surplus);
    this.#droppedWindows += surplus;
  }
}

function snapshotOf({ layout }: DriftEngine, { windowMs, windowIndex, counts }: ClosedWindow): WindowSnapshot {
  const { vector, names } = counts;
  return { digest: layout.digest, windowMs, windowIndex, counts: vector, names: names.names() };
}
