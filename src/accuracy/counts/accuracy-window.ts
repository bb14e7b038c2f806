/** The sums of one model by the time of the prediction, in windows aligned to the wall clock. */
import { AccuracyCounts } from "./accuracy-counts.ts";
import { ClassTable } from "./class-table.ts";

/** Maximum number of windows that are kept. */
const maxWindows = 48;

/** The accuracy windows that labels can still reach. */
export interface WindowPlan {
  /** Length of a window: a multiple of the configured one. */
  readonly windowMs: number;
  /** Windows kept: enough for the latest label. */
  readonly kept: number;
}

/**
 * Divides the time in which labels may arrive into windows. They are made longer, by a whole factor, if there would be
 * more than {@link maxWindows}.
 */
export function windowPlan(windowMs: number, ttlMs: number): WindowPlan {
  const factor = Math.max(1, Math.ceil(ttlMs / (windowMs * maxWindows)));
  const longer = windowMs * factor;
  return { windowMs: longer, kept: Math.ceil(ttlMs / longer) + 1 };
}

/** The sums of one window; `startMs` is wall time. */
export interface AccuracyWindow {
  readonly startMs: number;
  readonly counts: AccuracyCounts;
}

/** The recent windows of one model. At most `kept` of them, so memory is bounded. */
export class AccuracyWindows {
  readonly #plan: WindowPlan;
  readonly #classes = new ClassTable();
  readonly #windows = new Map<number, AccuracyCounts>();
  #newest = -Infinity;

  constructor(plan: WindowPlan) {
    this.#plan = plan;
  }

  /** The sums for a prediction of this time; undefined when its window is not kept any more. */
  at(timeMs: number): AccuracyCounts | undefined {
    const index = Math.floor(timeMs / this.#plan.windowMs);
    if (index > this.#newest) this.#moveTo(index);
    if (!(index > this.#newest - this.#plan.kept)) return undefined;
    let counts = this.#windows.get(index);
    if (counts === undefined) {
      counts = new AccuracyCounts(this.#classes);
      this.#windows.set(index, counts);
    }
    return counts;
  }

  /**
   * Drops windows that have become too old. A clock set back changes nothing, unless it is so far that no window of its
   * time is kept: then it was ahead before, and the windows of that time go.
   */
  advance(nowMs: number): void {
    const index = Math.floor(nowMs / this.#plan.windowMs);
    if (index > this.#newest || index <= this.#newest - this.#plan.kept) this.#moveTo(index);
  }

  #moveTo(newest: number): void {
    this.#newest = newest;
    for (const index of this.#windows.keys()) {
      if (index <= newest - this.#plan.kept || index > newest) this.#windows.delete(index);
    }
  }

  /** Windows in which something was counted, oldest first. */
  all(): readonly AccuracyWindow[] {
    const indices = [...this.#windows.keys()].sort((a, b) => a - b);
    return indices.flatMap((index) => {
      const counts = this.#windows.get(index);
      return counts === undefined ? [] : [{ startMs: index * this.#plan.windowMs, counts }];
    });
  }

  /** All kept windows together. 0.1 ms. */
  total(): AccuracyCounts {
    const total = new AccuracyCounts(this.#classes);
    for (const counts of this.#windows.values()) total.merge(counts);
    return total;
  }
}
