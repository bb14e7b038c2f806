/**
 * Windows that follow each other without a gap, aligned to the wall clock so that all replicas cut time at the same
 * moments. Every row is in exactly one window of each length, whatever the clock does.
 */
import { addVector, type CellLayout } from "./cell-layout.ts";
import { NameCollector } from "./seen-names.ts";
import { emptyWindow, type ClosedWindow, type WindowCounts } from "./window-counts.ts";

/** The current window: counts are still added to it. */
export interface OpenWindow extends WindowCounts {
  readonly windowIndex: number;
}

/** A sum of short windows. */
interface LongWindow {
  readonly windowMs: number;
  windowIndex: number;
  vector: Float64Array;
}

/** One accumulator for each length; the long ones get the short one when it closes. */
export class TumblingWindows {
  readonly #layout: CellLayout;
  readonly #windowMs: number;
  readonly #long: readonly LongWindow[];
  #closed: ClosedWindow[] = [];
  #open: WindowCounts;
  #index: number;

  /** Lengths in milliseconds; those not longer than `windowMs` are left out. */
  constructor(layout: CellLayout, windowMs: number, longWindowsMs: readonly number[], nowMs: number) {
    this.#layout = layout;
    this.#windowMs = windowMs;
    this.#index = Math.floor(nowMs / windowMs);
    this.#open = emptyWindow(layout);
    const lengths = [...new Set(longWindowsMs)].filter((lengthMs) => lengthMs > windowMs);
    this.#long = lengths.map((lengthMs) => ({
      windowMs: lengthMs,
      windowIndex: this.#indexOf(lengthMs),
      vector: new Float64Array(layout.length),
    }));
  }

  /** Bytes of the accumulators. */
  get byteLength(): number {
    return this.#long.reduce((sum, { vector }) => sum + vector.byteLength, this.#open.vector.byteLength);
  }

  /** The window to count into at this time; closes windows that have ended. */
  at(nowMs: number): WindowCounts {
    this.roll(nowMs);
    return this.#open;
  }

  /**
   * Closes windows that have ended by this time; true when one had. A clock set back by less than a window changes
   * nothing; one set back further, or forward, ends the open window and continues at the new time.
   */
  roll(nowMs: number): boolean {
    const index = Math.floor(nowMs / this.#windowMs);
    if (index === this.#index || index === this.#index - 1 || !Number.isSafeInteger(index)) return false;
    this.#closeShort();
    this.#index = index;
    for (const long of this.#long) this.#moveLong(long, this.#indexOf(long.windowMs));
    return true;
  }

  /** Windows that closed since the last call, in order. Their counts are the caller's. */
  takeClosed(): readonly ClosedWindow[] {
    const closed = this.#closed;
    this.#closed = [];
    return closed;
  }

  /** True when {@link TumblingWindows.takeClosed} has something to give. */
  get hasClosed(): boolean {
    return this.#closed.length > 0;
  }

  /**
   * The window of a length that is open now; a long one lacks the short one that is open. Undefined for other lengths.
   */
  openWindow(windowMs: number): OpenWindow | undefined {
    if (windowMs === this.#windowMs) return { windowIndex: this.#index, ...this.#open };
    const long = this.#long.find((other) => other.windowMs === windowMs);
    return long && { windowIndex: long.windowIndex, vector: long.vector, names: new NameCollector() };
  }

  /** A short window belongs to the long one that it begins in, in all replicas. */
  #indexOf(windowMs: number): number {
    return Math.floor((this.#index * this.#windowMs) / windowMs);
  }

  #closeShort(): void {
    const counts = this.#open;
    this.#closed.push({ windowMs: this.#windowMs, windowIndex: this.#index, counts });
    for (const long of this.#long) addVector(long.vector, counts.vector);
    this.#open = emptyWindow(this.#layout);
  }

  #moveLong(long: LongWindow, index: number): void {
    if (index === long.windowIndex) return;
    const { windowMs, windowIndex, vector } = long;
    this.#closed.push({ windowMs, windowIndex, counts: { vector, names: new NameCollector() } });
    long.windowIndex = index;
    long.vector = new Float64Array(this.#layout.length);
  }
}
