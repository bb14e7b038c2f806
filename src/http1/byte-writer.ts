/** A growing buffer that heads are composed in. */

/** Below this a loop beats making a view and copying through it. */
const shortCopy = 48;

/** Writes bytes one after another; grows by doubling. Reuse one for many heads with {@link clear}. */
export class ByteWriter {
  bytes: Uint8Array;
  length = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  clear(): void {
    this.length = 0;
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  /** Appends the bytes of [start, end). */
  slice(source: Uint8Array, start: number, end: number): void {
    const count = end - start;
    if (count <= 0) return;
    this.reserve(count);
    if (count <= shortCopy) {
      const { bytes } = this;
      let at = this.length;
      for (let i = start; i < end; i++) bytes[at++] = source[i]!;
    } else {
      this.bytes.set(source.subarray(start, end), this.length);
    }
    this.length += count;
  }

  /** Appends all of `source`. */
  all(source: Uint8Array): void {
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
