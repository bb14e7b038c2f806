import type { LabelPage } from "../store.ts";

/**
 * Where a reader is in a stream of labels, and how many it never saw because the stream was trimmed before it came to
 * them. The number is exact whenever the reader has come to the stream's end; a stream that was deleted and begun anew
 * starts a new count.
 */
export class LabelPosition {
  #lastId: string;
  /** Entries the stream had ever had when this reader was last at its end; undefined before that. */
  #addedAtEnd: number | undefined;
  #readSince = 0;
  #trimmed = 0;

  /** @param startMs entries that were added before this are not read; by the clock of the store */
  constructor(startMs: number) {
    this.#lastId = `${Math.max(0, Math.floor(startMs))}-0`;
  }

  /** From where to read. */
  get lastId(): string {
    return this.#lastId;
  }

  /** Entries that were trimmed before they were read. */
  get trimmed(): number {
    return this.#trimmed;
  }

  /** Takes note of a page that was read from here. */
  advance(page: LabelPage): void {
    this.#lastId = page.lastId;
    this.#readSince += page.entries;
    if (!page.isAtEnd || page.addedTotal === undefined) return;
    if (this.#addedAtEnd !== undefined) {
      this.#trimmed += Math.max(0, page.addedTotal - this.#addedAtEnd - this.#readSince);
    }
    this.#addedAtEnd = page.addedTotal;
    this.#readSince = 0;
  }
}
