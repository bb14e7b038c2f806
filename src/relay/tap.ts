/** Keeping the first bytes of bodies for observers, within bounds. */
import type { RelayCounters } from "../metrics/relay-counters.ts";
import type { TapOptions } from "./options.ts";

/** The bytes that all taps of a relay may hold together. */
export class TapBudget {
  readonly bodyBytes: number;
  readonly #totalBytes: number;
  readonly #counters: RelayCounters;

  constructor(options: TapOptions, counters: RelayCounters) {
    this.bodyBytes = options.bodyBytes;
    this.#totalBytes = options.totalBytes;
    this.#counters = counters;
  }

  /** Reserves `bytes`; false, and counted, when the total would be passed. */
  reserve(bytes: number): boolean {
    if (this.#counters.tapBytesHeld + bytes > this.#totalBytes) {
      this.#counters.tapDroppedTotal++;
      return false;
    }
    this.#counters.tapBytesHeld += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#counters.tapBytesHeld -= bytes;
  }
}

/** Holds the beginning of one body. Bytes are copied: the buffers they come from are used again. */
export class BodyTap {
  readonly #budget: TapBudget;
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;
  #isComplete = true;
  #isOpen = true;

  constructor(budget: TapBudget) {
    this.#budget = budget;
  }

  /** What was kept. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** False when the body was longer than what was kept. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Keeps of [start, end) what still fits. */
  add(source: Uint8Array, start: number, end: number): void {
    const count = Math.min(end - start, this.#budget.bodyBytes - this.#length);
    if (count < end - start) this.#isComplete = false;
    if (count <= 0 || !this.#isOpen || !this.#makeRoom(count)) return;
    this.#bytes.set(source.subarray(start, start + count), this.#length);
    this.#length += count;
  }

  /** Gives the bytes back to the budget. */
  release(): void {
    this.#budget.release(this.#bytes.length);
    this.#bytes = Buffer.alloc(0);
    this.#length = 0;
    this.#isOpen = true;
    this.#isComplete = true;
  }

  #makeRoom(count: number): boolean {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return true;
    const size = Math.min(this.#budget.bodyBytes, Math.max(needed, this.#bytes.length * 2));
    if (!this.#budget.reserve(size - this.#bytes.length)) {
      this.#isOpen = false;
      this.#isComplete = false;
      return false;
    }
    const grown = Buffer.allocUnsafeSlow(size);
    grown.set(this.bytes);
    this.#bytes = grown;
    return true;
  }
}
