/** Keeping the first bytes of bodies for observers, within bounds. */
import type { RelayCounters } from "../metrics/requests/relay-counters.ts";
import type { TapOptions } from "./options.ts";

/** What a tap takes at first, which is enough for most bodies. */
const blockBytes = 4096;
/** Blocks kept for the next tap: making one costs ten times as much as filling it. */
const maxSpares = 64;
const nothing = Buffer.alloc(0);

/** The bytes that all taps of a relay may hold together. */
export class TapBudget {
  readonly bodyBytes: number;
  readonly #totalBytes: number;
  readonly #counters: RelayCounters;
  readonly #spares: Buffer[] = [];

  constructor(options: Pick<TapOptions, "bodyBytes" | "totalBytes">, counters: RelayCounters) {
    this.bodyBytes = options.bodyBytes;
    this.#totalBytes = options.totalBytes;
    this.#counters = counters;
  }

  /** Memory of `bytes`, in place of what a tap `held`; undefined, and counted, when the total would be passed. */
  take(bytes: number, held: Buffer): Buffer | undefined {
    if (this.#counters.tapBytesHeld + bytes - held.length > this.#totalBytes) {
      this.#counters.tapDroppedTotal++;
      return undefined;
    }
    this.#counters.tapBytesHeld += bytes;
    return (bytes === blockBytes ? this.#spares.pop() : undefined) ?? Buffer.allocUnsafeSlow(bytes);
  }

  /** Takes memory back; nobody may look at it any more. */
  giveBack(held: Buffer): void {
    this.#counters.tapBytesHeld -= held.length;
    if (held.length === blockBytes && this.#spares.length < maxSpares) this.#spares.push(held);
  }
}

/** Holds the beginning of one body. Bytes are copied: the buffers they come from are used again. */
export class BodyTap {
  readonly #budget: TapBudget;
  #bytes: Buffer = nothing;
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
  add(source: Buffer, start: number, end: number): void {
    const count = Math.min(end - start, this.#budget.bodyBytes - this.#length);
    if (count < end - start) this.#isComplete = false;
    if (count <= 0 || !this.#isOpen || !this.#makeRoom(count)) return;
    source.copy(this.#bytes, this.#length, start, start + count);
    this.#length += count;
  }

  /** Gives the bytes back to the budget. */
  release(): void {
    this.#budget.giveBack(this.#bytes);
    this.#bytes = nothing;
    this.#length = 0;
    this.#isOpen = true;
    this.#isComplete = true;
  }

  #makeRoom(count: number): boolean {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return true;
    const size = Math.min(this.#budget.bodyBytes, Math.max(needed, this.#bytes.length * 2, blockBytes));
    const grown = this.#budget.take(size, this.#bytes);
    if (grown === undefined) {
      this.#isOpen = false;
      this.#isComplete = false;
      return false;
    }
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#budget.giveBack(this.#bytes);
    this.#bytes = grown;
    return true;
  }
}
