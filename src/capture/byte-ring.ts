/** A ring buffer for the bytes of queued bodies. */

/**
 * First in, first out; each piece is contiguous. The block is allocated for the first piece and written from its start
 * whenever the ring is empty, so that its resident part is no larger than the most that was ever queued.
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

  /** Bytes from the oldest piece to the newest, including a tail of the block that was too short for a piece. */
  get used(): number {
    return this.#used;
  }

  /**
   * Reserves a range of `length` bytes (more than 0) and returns its start; -1 when there is no such range, or when more
   * than `maxUsed` bytes would be used.
   */
  reserve(length: number, maxUsed: number = this.size): number {
    if (this.#used === 0) {
      this.#readAt = 0;
      this.#writeAt = 0;
    }
    const start = this.#findRange(length);
    if (start === -1) return -1;
    const skipped = start === this.#writeAt ? 0 : this.size - this.#writeAt;
    if (this.#used + skipped + length > maxUsed) return -1;
    if (this.#block.length === 0) this.#block = Buffer.allocUnsafeSlow(this.size);
    this.#used += skipped + length;
    this.#writeAt = start + length;
    return start;
  }

  /** Writes into a reserved range. */
  write(bytes: Uint8Array, at: number): void {
    this.#block.set(bytes, at);
  }

  /** A view of a range; valid until the range is released. */
  view(start: number, end: number): Uint8Array<ArrayBuffer> {
    return this.#block.subarray(start, end);
  }

  /** Releases the oldest range, which ends at `end`. */
  release(end: number): void {
    const isBehind = end <= this.#readAt;
    this.#used -= isBehind ? this.size - this.#readAt + end : end - this.#readAt;
    this.#readAt = end;
  }

  #findRange(length: number): number {
    if (this.#used + length > this.size) return -1;
    const [readAt, writeAt] = [this.#readAt, this.#writeAt];
    // The used bytes are in one piece, or from readAt to the end and from the start to writeAt.
    const isWrapped = writeAt < readAt || (writeAt === readAt && this.#used > 0);
    if (length <= (isWrapped ? readAt : this.size) - writeAt) return writeAt;
    return !isWrapped && length <= readAt ? 0 : -1;
  }
}
