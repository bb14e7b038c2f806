/** A short digest of a layout, equal in all replicas. It is not cryptographic: two layouts can be made to collide. */
export class LayoutDigest {
  // Two FNV-1a sums with different starts (the second is not the standard one) make 64 bits.
  #low = 0x811c9dc5;
  #high = 0x9747b28c;
  readonly #double = new DataView(new ArrayBuffer(8));

  /** Adds a text and its end, so that `ab`, `c` differs from `a`, `bc`. */
  addText(text: string): void {
    this.#add(text.length);
    for (let index = 0; index < text.length; index++) this.#add(text.charCodeAt(index));
  }

  addTexts(texts: readonly string[]): void {
    this.#add(texts.length);
    for (const text of texts) this.addText(text);
  }

  /** Adds the bits of each number; 0 and −0 are the same edge. */
  addNumbers(numbers: readonly number[]): void {
    this.#add(numbers.length);
    for (const number of numbers) {
      this.#double.setFloat64(0, number + 0);
      this.#add(this.#double.getUint32(0));
      this.#add(this.#double.getUint32(4));
    }
  }

  /** Sixteen hexadecimal digits. */
  text(): string {
    return [this.#high, this.#low].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
  }

  #add(word: number): void {
    for (let shift = 0; shift < 32; shift += 8) {
      const byte = (word >>> shift) & 0xff;
      this.#low = Math.imul(this.#low ^ byte, 0x01000193);
      this.#high = Math.imul(this.#high ^ byte, 0x01000197);
    }
  }
}
