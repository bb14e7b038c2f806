/** Bytes of bodies that wait, in one block of memory that is used round and round. */

/**
 * Keeps pieces first in, first out, each in one run of bytes. The block is made when the first piece comes and is written
 * from its start whenever it has run empty, so that no more of it becomes resident than once waited.
 */
export class ByteRing {
  readonly size: number;
  #block: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #readAt = 0;
  #writeAt = 0;
  #used = 0;

  constructor(size: number) {
    this.size = size;
  }

  /** Bytes between the oldest piece and the newest, with the end of the block where a piece did not fit in before it. */
  get used(): number {
    return this.#used;
  }

  /**
   * Takes a run of so many bytes, more than 0, and returns where it begins; -1 when there is none, or when more than
   * `maxUsed` bytes would be used.
   */
  take(length: number, maxUsed: number = this.size): number {
    if (this.#used === 0) {
      this.#readAt = 0;
      this.#writeAt = 0;
    }
    const start = this.#runOf(length);
    if (start === -1) return -1;
    const skipped = start === this.#writeAt ? 0 : this.size - this.#writeAt;
    if (this.#used + skipped + length > maxUsed) return -1;
    if (this.#block.length === 0) this.#block = Buffer.allocUnsafeSlow(this.size);
    this.#used += skipped + length;
    this.#writeAt = start + length;
    return start;
  }

  /** Writes into a run that was taken. */
  write(bytes: Uint8Array, at: number): void {
    this.#block.set(bytes, at);
  }

  /** A view of a run, good until the run is given back. */
  view(start: number, end: number): Uint8Array<ArrayBuffer> {
    return this.#block.subarray(start, end);
  }

  /** Gives the oldest run back, which ends at `end`. */
  giveBack(end: number): void {
    const isBehind = end <= this.#readAt;
    this.#used -= isBehind ? this.size - this.#readAt + end : end - this.#readAt;
    this.#readAt = end;
  }

  #runOf(length: number): number {
    if (this.#used + length > this.size) return -1;
    const [readAt, writeAt] = [this.#readAt, this.#writeAt];
    // The used bytes lie in one piece, or from readAt to the end and from the start to writeAt.
    const isWrapped = writeAt < readAt || (writeAt === readAt && this.#used > 0);
    if (length <= (isWrapped ? readAt : this.size) - writeAt) return writeAt;
    return !isWrapped && length <= readAt ? 0 : -1;
  }
}
