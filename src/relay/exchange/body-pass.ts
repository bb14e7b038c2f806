/** Passing pieces of a body from one socket to the other with as few copies and writes as can be. */
import type { Socket } from "node:net";
import type { ChunkedSink } from "../../http1/chunked.ts";
import type { Scratch } from "../scratch.ts";
import type { BodyTap } from "../tap.ts";

/** Up to this size bytes are copied: that costs less than making a view of them, and they leave in one write with the head. */
const copyBytes = 16 * 1024;

/**
 * Collects what one read brought: ranges of the source that go on, and bytes that were held. Ranges that touch become
 * one; a single range and nothing else is written without a copy.
 */
export class BodyPass implements ChunkedSink {
  /** Leave the chunked coding out: for an HTTP/1.0 client. */
  dropsCoding = false;
  /** Body bytes of this piece. */
  bodyBytes = 0;
  readonly #scratch: Scratch;
  #lends = false;
  #tap: BodyTap | undefined;
  #source: Buffer = Buffer.alloc(0);
  #runStart = 0;
  #runEnd = 0;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  /**
   * Begins a piece; what the scratch buffer already holds (a head) goes before it. `lends` when a socket may point into
   * `source` until it has sent everything; otherwise the bytes are copied.
   */
  begin(source: Buffer, tap: BodyTap | undefined, lends: boolean): void {
    this.#source = source;
    this.#lends = lends;
    this.#runStart = 0;
    this.#runEnd = 0;
    this.#tap = tap;
    this.bodyBytes = 0;
  }

  coding(start: number, end: number): void {
    if (!this.dropsCoding) this.#range(start, end);
  }

  data(start: number, end: number): void {
    if (end === start) return;
    this.#range(start, end);
    this.bodyBytes += end - start;
    this.#tap?.add(this.#source, start, end);
  }

  held(bytes: Buffer): void {
    if (this.dropsCoding) return;
    this.#flushRun();
    this.#scratch.writer.all(bytes);
  }

  /** Wraps the piece's data as one chunk of the relay's own. */
  wrapAsChunk(): void {
    const length = this.#runEnd - this.#runStart;
    if (length === 0) return;
    this.#scratch.writer.ascii(`${length.toString(16)}\r\n`);
    this.#flushRun();
    this.#scratch.writer.ascii("\r\n");
  }

  /** Writes all to `socket`. What the scratch buffer holds stays there, so that it can be sent again; clear it afterwards. */
  send(socket: Socket): void {
    const runLength = this.#runEnd - this.#runStart;
    if (runLength <= copyBytes || !this.#lends) {
      this.#flushRun();
      if (this.#scratch.writer.length > 0) this.#scratch.sendTo(socket);
    } else if (this.#scratch.writer.length === 0) {
      socket.write(this.#source.subarray(this.#runStart, this.#runEnd));
    } else {
      socket.cork();
      socket.write(Buffer.from(this.#scratch.view));
      socket.write(this.#source.subarray(this.#runStart, this.#runEnd));
      socket.uncork();
    }
  }

  /** A copy of all that {@link send} would write. */
  copy(): Buffer {
    return Buffer.concat([this.#scratch.view, this.#source.subarray(this.#runStart, this.#runEnd)]);
  }

  #range(start: number, end: number): void {
    if (start !== this.#runEnd || this.#runEnd === this.#runStart) {
      this.#flushRun();
      this.#runStart = start;
    }
    this.#runEnd = end;
  }

  #flushRun(): void {
    this.#scratch.writer.slice(this.#source, this.#runStart, this.#runEnd);
    this.#runStart = 0;
    this.#runEnd = 0;
  }
}
