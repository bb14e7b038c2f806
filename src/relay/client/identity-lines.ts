/** A request's identity as the response's last lines, ready to be copied. */

const maxIdLength = 128;
const idName = "x-request-id: ";
const ownName = "x-outrider-request-id: ";

/** Keeps one identity of at most 128 bytes at a time; views of it are made anew only when its length changes. */
export class IdentityLines {
  /** Both lines with their CRLF and the head's last CRLF. */
  both: Buffer = Buffer.alloc(0);
  /** The second line with its CRLF, and the head's last CRLF. */
  own: Buffer = Buffer.alloc(0);
  /** The identity itself. */
  id: Buffer = Buffer.alloc(0);
  readonly #bytes: Buffer = Buffer.alloc(idName.length + ownName.length + 2 * maxIdLength + 6);
  #ownAt = 0;

  /** Takes the identity at [start, end). */
  set(source: Buffer, start: number, end: number): void {
    const length = end - start;
    if (length !== this.id.length) this.#layOut(length);
    source.copy(this.#bytes, idName.length, start, end);
    source.copy(this.#bytes, this.#ownAt, start, end);
  }

  clear(): void {
    this.#layOut(0);
  }

  #layOut(length: number): void {
    const bytes = this.#bytes;
    const lineEnd = idName.length + length;
    this.#ownAt = lineEnd + 2 + ownName.length;
    bytes.write(idName, 0, "latin1");
    bytes.write(`\r\n${ownName}`, lineEnd, "latin1");
    bytes.write("\r\n\r\n", this.#ownAt + length, "latin1");
    this.id = bytes.subarray(idName.length, lineEnd);
    this.both = bytes.subarray(0, this.#ownAt + length + 4);
    this.own = bytes.subarray(lineEnd + 2, this.#ownAt + length + 4);
  }
}
