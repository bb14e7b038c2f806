/**
 * From the counts of windows to verdicts and states: carries windows with too few rows over, judges in small steps,
 * keeps the history. The same for one replica and for the merged counts of a fleet.
 */
import type { Baseline } from "../baseline/baseline.ts";
import { groupNames, layOutCells, type CellLayout, type TargetKind } from "../window/cell-layout.ts";
import { brokenFeatures } from "../verdict/broken-features.ts";
import { DriftHistory, type SavedHistory } from "../verdict/history.ts";
import { areNames, NameCollector, type SeenNames } from "../window/seen-names.ts";
import {
  emptyVerdict,
  levelOf,
  levels,
  requiredRows,
  WindowJudge,
  type Thresholds,
  type WindowVerdict,
} from "../verdict/verdict.ts";
import { statisticNames } from "../verdict/statistics.ts";
import {
  clearGroup,
  copyGroup,
  emptyWindow,
  groupSize,
  mergedWindow,
  type ClosedWindow,
  type GroupSize,
  type WindowCounts,
} from "../window/window-counts.ts";

/** Options of {@link DriftEngine}. */
export interface EngineOptions {
  readonly baseline: Baseline;
  /** Length of the windows that decide, milliseconds. */
  readonly windowMs: number;
  readonly thresholds: Thresholds;
  /** Maximum number of features that are monitored; the baseline's further ones are left out. */
  readonly maxFeatures: number;
  /** Effective rows that a verdict needs; default {@link requiredRows}. */
  readonly minRows?: number;
}

/** Time span and size of a group at its last decision. */
export interface DecidedGroup {
  readonly fromMs: number;
  readonly toMs: number;
  readonly size: GroupSize;
}

/** Score and level by target of a longer window, which is shown but decides nothing. */
export interface ShownWindow {
  readonly windowMs: number;
  readonly windowIndex: number;
  readonly size: GroupSize;
  readonly scores: Float64Array;
  readonly levels: readonly string[];
}

/** State with which another process can continue with the same verdicts. JSON-able. */
export interface SavedEngine {
  readonly digest: string;
  readonly last_index: number;
  readonly history: SavedHistory;
  readonly carried?: {
    readonly vector: readonly number[];
    readonly names: SeenNames;
    readonly from: readonly (readonly [TargetKind, number])[];
  };
}

interface Carry {
  readonly counts: WindowCounts;
  readonly from: ReadonlyMap<TargetKind, number>;
}

interface Job {
  readonly judge: WindowJudge;
  finish(): void;
}

/** Windows that may wait to be judged; a further one is judged at once. */
const maxJobs = 4;
/** A decided window is not decided twice. A window older than this means that the clock was set back. */
const clockResetMs = 86_400_000;

/** Verdicts and states of one model. Not thread-safe, no clock: the caller passes windows in and steps. */
export class DriftEngine {
  readonly baseline: Baseline;
  readonly layout: CellLayout;
  readonly thresholds: Thresholds;
  readonly windowMs: number;
  readonly history: DriftHistory;
  /** Statistics of each target as it was last decided. */
  readonly verdict: WindowVerdict;
  /** The last decision of each group. */
  readonly decided: Map<TargetKind, DecidedGroup> = new Map<TargetKind, DecidedGroup>();
  /** The last window of each longer length, by length in milliseconds. */
  readonly shown: Map<number, ShownWindow> = new Map<number, ShownWindow>();
  readonly #minRows: number | undefined;
  #decidedCounts: WindowCounts;
  #carried: Carry | undefined;
  #lastIndex = -1;
  #isReady = false;
  #version = 0;
  readonly #jobs: Job[] = [];

  constructor({ baseline, windowMs, thresholds, maxFeatures, minRows }: EngineOptions) {
    this.#minRows = minRows;
    this.baseline = baseline;
    this.windowMs = windowMs;
    this.thresholds = thresholds;
    this.layout = layOutCells(baseline, maxFeatures);
    this.history = new DriftHistory(this.layout.targets.length);
    this.verdict = emptyVerdict(this.layout);
    this.#decidedCounts = { vector: new Float64Array(0), names: new NameCollector() };
  }

  /** Counts of the groups as they were last decided; an empty vector before the first. */
  get decidedCounts(): WindowCounts {
    return this.#decidedCounts;
  }

  /** Counts of groups that have too few rows so far. */
  get carriedCounts(): WindowCounts | undefined {
    return this.#carried?.counts;
  }

  /** True when the last window had enough rows in every group that had any. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Changes whenever the report changes. */
  get version(): number {
    return this.#version;
  }

  /** Effective rows that a verdict on this group needs. */
  neededRows(group: TargetKind): number {
    return this.#minRows ?? requiredRows(this.layout, group);
  }

  /** Bytes of the arrays that are held. */
  get byteLength(): number {
    const shown = Array.from(this.shown.values(), ({ scores }) => scores.byteLength);
    return [
      this.verdict.statistics.byteLength,
      this.verdict.levels.byteLength + this.verdict.deciders.byteLength,
      this.layout.targets.length * 9,
      this.#decidedCounts.vector.byteLength,
      this.#carried?.counts.vector.byteLength ?? 0,
      ...shown,
    ].reduce((total, bytes) => total + bytes, 0);
  }

  /**
   * Adds a window that is over. A window of the deciding length moves states, one of another length is only shown.
   * Returns false and does nothing for a window of another layout, and for a window that was decided before, unless
   * windows arrive `once`: then an older window means that the clock was set back. The engine owns the counts from here
   * on. {@link DriftEngine.step} does the judging.
   */
  decide(window: ClosedWindow, comes: "once" | "repeatedly" = "repeatedly"): boolean {
    if (window.counts.vector.length !== this.layout.length || !Number.isSafeInteger(window.windowIndex)) return false;
    if (window.windowMs !== this.windowMs) {
      this.#show(window);
      return true;
    }
    const age = (this.#lastIndex - window.windowIndex) * this.windowMs;
    if (comes === "repeatedly" && age >= 0 && age < clockResetMs) return false;
    this.#lastIndex = window.windowIndex;
    this.#take(window);
    return true;
  }

  /** Judges for at most about 0.5 ms. Returns false when there is nothing left to do. */
  step(): boolean {
    const job = this.#jobs[0];
    if (job === undefined) return false;
    if (!job.judge.step()) {
      this.#jobs.shift();
      job.finish();
    }
    return true;
  }

  save(): SavedEngine {
    const carried = this.#carried && {
      vector: [...this.#carried.counts.vector],
      names: this.#carried.counts.names.names(),
      from: [...this.#carried.from],
    };
    return {
      digest: this.layout.digest,
      last_index: this.#lastIndex,
      history: this.history.save(),
      ...(carried === undefined ? {} : { carried }),
    };
  }

  /** Restores a saved state. Returns false and changes nothing when it is of another layout, malformed or older. */
  load(value: unknown): boolean {
    const saved = asSaved(value, this.layout);
    if (saved === undefined || saved.last_index < this.#lastIndex || !this.history.load(saved.history)) return false;
    this.#lastIndex = saved.last_index;
    this.#carried = saved.carried && restoreCarry(saved.carried);
    this.#version++;
    return true;
  }

  /** Adds the carried counts and queues the groups with enough rows; the others are carried over. */
  #take({ windowIndex, counts }: ClosedWindow): void {
    const carry = this.#carried;
    const candidate = carry === undefined ? counts : mergedWindow(this.layout, carry.counts, counts);
    const groups = groupNames.filter((group) => this.layout.targets.some(({ kind }) => kind === group));
    const size = (group: TargetKind): GroupSize => groupSize(this.layout, group, candidate.vector);
    const counted = groups.filter((group) => size(group).requests > 0);
    const ready = counted.filter((group) => size(group).effective >= this.neededRows(group));
    const short = counted.filter((group) => !ready.includes(group));
    const fromIndex = (group: TargetKind): number => Math.min(carry?.from.get(group) ?? windowIndex, windowIndex);
    this.#carried =
      short.length === 0
        ? undefined
        : this.#carryOn(candidate, ready, new Map(short.map((group) => [group, fromIndex(group)])));
    this.#queue(candidate.vector, ready, (verdict) => {
      for (const group of ready) {
        const toMs = (windowIndex + 1) * this.windowMs;
        this.decided.set(group, { fromMs: fromIndex(group) * this.windowMs, toMs, size: size(group) });
      }
      this.#accept(verdict, candidate, ready);
      this.#isReady = ready.length > 0 && short.length === 0;
    });
  }

  #carryOn(candidate: WindowCounts, decided: readonly TargetKind[], from: ReadonlyMap<TargetKind, number>): Carry {
    const counts = mergedWindow(this.layout, candidate, emptyWindow(this.layout));
    for (const group of decided) clearGroup(this.layout, group, counts.vector);
    return { counts, from };
  }

  #show({ windowMs, windowIndex, counts }: ClosedWindow): void {
    const sizes = new Map(groupNames.map((group) => [group, groupSize(this.layout, group, counts.vector)]));
    const ready = groupNames.filter((group) => (sizes.get(group)?.effective ?? 0) >= this.neededRows(group));
    this.#queue(counts.vector, ready, (verdict) => {
      const places = Array.from(this.layout.targets.keys());
      this.shown.set(windowMs, {
        windowMs,
        windowIndex,
        size: groupSize(this.layout, this.layout.targets[0]?.kind ?? "feature", counts.vector),
        scores: Float64Array.from(places, (target) => verdict.statistics[target * statisticNames.length]!),
        levels: places.map((target) => levelOf(verdict, target)),
      });
    });
  }

  #queue(vector: Float64Array, groups: readonly TargetKind[], accept: (verdict: WindowVerdict) => void): void {
    while (this.#jobs.length >= maxJobs) this.step();
    const judge = new WindowJudge(this.layout, this.thresholds, vector, groups);
    const finish = (): void => {
      accept(judge.verdict);
      this.#version++;
    };
    this.#jobs.push({ judge, finish });
  }

  #accept(verdict: WindowVerdict, counts: WindowCounts, groups: readonly TargetKind[]): void {
    if (groups.length === 0) return;
    const isWhole = this.layout.targets.every(({ kind }) => groups.includes(kind));
    if (!isWhole) {
      // A copy: the present array may belong to a window that is still read elsewhere.
      const vector = new Float64Array(this.layout.length);
      vector.set(this.#decidedCounts.vector);
      for (const group of groups) copyGroup(this.layout, group, counts.vector, vector);
      this.#decidedCounts = { vector, names: groups.includes("feature") ? counts.names : this.#decidedCounts.names };
    } else {
      this.#decidedCounts = counts;
    }
    const broken = groups.includes("feature") ? brokenFeatures(this.layout, counts) : new Set<number>();
    const width = statisticNames.length;
    this.layout.targets.forEach(({ kind }, target) => {
      if (!groups.includes(kind)) return;
      this.verdict.statistics.set(verdict.statistics.subarray(target * width, (target + 1) * width), target * width);
      this.verdict.levels[target] = verdict.levels[target]!;
      this.verdict.deciders[target] = verdict.deciders[target]!;
      if (!broken.has(target)) {
        this.history.add(target, levelOf(verdict, target));
        return;
      }
      this.verdict.levels[target] = levels.indexOf("critical");
      this.history.addCertain(target);
    });
  }
}

/** The value if it is a state saved with this layout; the history checks its own part. */
function asSaved(value: unknown, layout: CellLayout): SavedEngine | undefined {
  if (!isObject(value)) return undefined;
  const saved = value as unknown as SavedEngine;
  if (saved.digest !== layout.digest || !Number.isSafeInteger(saved.last_index)) return undefined;
  const { carried } = saved;
  if (carried === undefined) return saved;
  const isFine = isObject(carried) && isVector(carried.vector, layout.length) && areStarts(carried.from);
  return isFine ? saved : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function restoreCarry({ vector, names, from }: NonNullable<SavedEngine["carried"]>): Carry {
  const collector = new NameCollector();
  if (areNames(names)) collector.add(names);
  return { counts: { vector: Float64Array.from(vector), names: collector }, from: new Map(from) };
}

function isVector(numbers: unknown, length: number): boolean {
  return Array.isArray(numbers) && numbers.length === length && numbers.every(Number.isFinite);
}

function areStarts(from: unknown): boolean {
  return (
    Array.isArray(from) &&
    from.every((entry) => Array.isArray(entry) && groupNames.includes(entry[0]) && Number.isSafeInteger(entry[1]))
  );
}
