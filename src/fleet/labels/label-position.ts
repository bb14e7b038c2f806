import type { LabelPage } from "../store.ts";

/**
 * A reader's position in a stream of labels, and how many entries were trimmed before it read them. The number is exact
 * whenever the reader has reached the end of the stream; a stream that was deleted and recreated starts a new count.
 */
export class LabelPosition {
  #lastId: string;
  /** Entries ever added when this reader was last at the end; undefined before. */
  #addedAtEnd: number | undefined;
  #readSince = 0;
  #trimmed = 0;

  /** @param startMs skips entries added before this, by the clock of the store */
  constructor(startMs: number) {
    this.#lastId = `${Math.max(0, Math.floor(startMs))}-0`;
  }

  /** The id to read after. */
  get lastId(): string {
    return this.#lastId;
  }

  /** Entries that were trimmed before they were read. */
  get trimmed(): number {
    return this.#trimmed;
  }

  /** Moves past a page that was read from here. */
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
