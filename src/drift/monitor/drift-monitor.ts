/**
 * Drift of one model, version and variant as one process sees it: learns a baseline if it has none, counts requests
 * into windows, and hands windows that are over to the engine.
 */
import type { FeatureTable, Predictions } from "../../payload/body-content.ts";
import type { Baseline } from "../baseline/baseline.ts";
import type { ClosedWindow } from "../window/window-counts.ts";
import { DriftEngine } from "./drift-engine.ts";
import {
  buildLearningReport,
  buildReport,
  type DriftReport,
  type DriftSubject,
  type ReportOptions,
} from "./drift-report.ts";
import { Learning } from "../baseline/learning.ts";
import type { SeenNames } from "../window/seen-names.ts";
import { TableCounter } from "../window/table-counter.ts";
import { TumblingWindows } from "../window/tumbling-windows.ts";
import type { Thresholds } from "../verdict/verdict.ts";

/** Options of {@link DriftMonitor}, the same for all models. */
export interface MonitorOptions {
  /** Requests that become the baseline of a model that has none. */
  readonly learnRequests: number;
  /** Length of the windows that decide, milliseconds. */
  readonly windowMs: number;
  /** Longer windows that are shown. */
  readonly longWindowsMs: readonly number[];
  readonly thresholds: Thresholds;
  /** Maximum number of features that are monitored or learned; the report counts those left out. */
  readonly maxFeatures: number;
  /** A time in milliseconds since the epoch as RFC 3339, for a baseline that is learned. */
  formatTime(this: void, ms: number): string;
}

/** Counts of one window with the digest of their layout, to be added to those of other replicas. */
export interface WindowSnapshot {
  readonly digest: string;
  readonly windowMs: number;
  readonly windowIndex: number;
  /** Absolute counts of this process for this window; valid until the next call of the monitor. */
  readonly counts: Float64Array;
  readonly names: SeenNames;
}

/** State of a monitor that has a baseline. */
interface Watching {
  readonly engine: DriftEngine;
  readonly counter: TableCounter;
  readonly windows: TumblingWindows;
}

/** Closed windows kept for {@link DriftMonitor.advance}: a few lengths, and one advance that was late. */
const maxClosedWindows = 8;

/**
 * Learns, counts and judges. Times are wall-clock milliseconds. Memory: under 1 MB with 500 features, 8 MB more
 * while a baseline is learned.
 */
export class DriftMonitor {
  readonly #options: MonitorOptions;
  readonly #subject: DriftSubject;
  #learning: Learning | undefined;
  /** The baseline in the making, once enough was learned: finishing all its columns at once would delay requests. */
  #finishing: Generator<undefined, Baseline> | undefined;
  #watching: Watching | undefined;
  #closed: WindowSnapshot[] = [];
  #droppedWindows = 0;
  /** The version when the baseline in use was set. */
  #versionBefore = 0;
  #learnedAtMs = 0;
  /** Columns left out when the baseline in use was learned here. */
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

  /** The baseline; undefined while it is being learned. */
  get baseline(): Baseline | undefined {
    return this.#watching?.engine.baseline;
  }

  /** Changes with every decided window, and when a baseline is set. */
  get version(): number {
    return this.#watching === undefined ? 0 : this.#versionBefore + this.#watching.engine.version + 1;
  }

  /** Closed windows that were dropped because {@link DriftMonitor.advance} was called too late. */
  get droppedWindows(): number {
    return this.#droppedWindows;
  }

  /** Bytes of the arrays; without names and the baseline itself. */
  get byteLength(): number {
    if (this.#watching === undefined) return 0;
    const { engine, counter, windows } = this.#watching;
    return engine.byteLength + counter.byteLength + windows.byteLength;
  }

  /**
   * Restarts with this baseline, e.g. one that was fetched or that all replicas agreed on. Counts and states are
   * dropped.
   */
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
   * Counts one request and its response, as far as they could be read. Costs what {@link TableCounter} says.
   * Requests that arrive while a learned baseline is being finished are not counted: as many as there are columns, or
   * fewer.
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
   * Closes windows that are over; to be called about once a second. Returns the final counts of the windows of every
   * length that closed since the last call, for the shared state of a fleet. Then call {@link DriftMonitor.step} until
   * it returns false.
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

  /** Judges for under 0.5 ms. Returns false when there is nothing left to do: then the report is up to date. */
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
   * Counts of this process in the open window of this length. A long window gets the rows of a short one when the
   * short one closes. Undefined while learning, and for other lengths.
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
