/** How much is delivered in one piece. */
import type { LogEntry } from "../prediction-log/log-entry.ts";

/** A bound in bytes that is halved when the other side does not take so much, and grows back while things go well. */
export class BatchLimit {
  readonly #maxBytes: number;
  #bytes: number;
  #passed = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#bytes = maxBytes;
  }

  /** What a batch may take now; at least 1. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The beginning of `entries` that is within the bound: at least one entry. */
  firstOf(entries: readonly LogEntry[]): readonly LogEntry[] {
    let bytes = entries[0]?.bytes ?? 0;
    let count = 1;
    for (; count < entries.length; count++) {
      bytes += entries[count]?.bytes ?? 0;
      if (bytes > this.#bytes) break;
    }
    return count >= entries.length ? entries : entries.slice(0, count);
  }

  /** `batch`, of more than one entry, was too much: half of it is tried, even when the bound allowed more. */
  halve(batch: readonly LogEntry[]): void {
    const bytes = batch.reduce((sum, entry) => sum + entry.bytes, 0);
    this.#passed = 0;
    this.#bytes = Math.max(1, Math.floor(Math.min(this.#bytes, bytes) / 2));
  }

  /** A batch passed. After some that did, half as much again is tried. */
  grow(): void {
    if (this.#bytes === this.#maxBytes || ++this.#passed < patience) return;
    this.#passed = 0;
    this.#bytes = Math.min(Math.ceil(this.#bytes * 1.5), this.#maxBytes);
  }
}

/** Where the other side has a fixed bound, one in about twenty batches is sent in vain. */
const patience = 8;
