/** Writing messages to sockets with as few copies and writes as can be: a head, and the body's bytes behind it. */
import type { Socket } from "node:net";
import { ByteWriter } from "../../http1/byte-writer.ts";
import type { ChunkedSink } from "../../http1/chunked.ts";
import type { BodyTap } from "./exchange-record.ts";

/** Up to this size bytes are copied: that costs less than making a view of them, and they leave in one write with the head. */
const copyBytes = 16 * 1024;

/**
 * Writes what one read brought of a body: ranges of the source that are passed on, and bytes that a decoder held back.
 * Adjacent ranges become one; a single large range is written without a copy. Use: {@link begin}, then the parts in
 * order, then {@link send}.
 */
export class BodyWriter implements ChunkedSink {
  /** Leave the chunked coding out: for an HTTP/1.0 client. */
  dropsCoding = false;
  /** Body bytes since {@link begin}, without their coding. */
  bodyBytes = 0;
  #head: HeadBuffer | undefined;
  #isStable = false;
  #tap: BodyTap | undefined;
  #source: Buffer = Buffer.alloc(0);
  #runStart = 0;
  #runEnd = 0;

  /**
   * Starts a write: the bytes of `head` go first. `isStable` when `source` does not change until a socket has sent it;
   * otherwise its bytes are copied.
   */
  begin(head: HeadBuffer, source: Buffer, tap: BodyTap | undefined, isStable: boolean): void {
    this.#head = head;
    this.#source = source;
    this.#isStable = isStable;
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
    this.#head!.writer.all(bytes);
  }

  /** Wraps the data since {@link begin}, which must be one range, as one chunk. */
  wrapAsChunk(): void {
    const length = this.#runEnd - this.#runStart;
    if (length === 0) return;
    const { writer } = this.#head!;
    writer.ascii(`${length.toString(16)}\r\n`);
    this.#flushRun();
    writer.ascii("\r\n");
  }

  /** Writes everything to `socket`; nothing when there is nothing. May be called again to send the same to another socket. */
  send(socket: Socket): void {
    const head = this.#head!;
    const runLength = this.#runEnd - this.#runStart;
    if (runLength <= copyBytes || !this.#isStable) {
      this.#flushRun();
      if (head.writer.length > 0) head.sendTo(socket);
    } else if (head.writer.length === 0) {
      socket.write(this.#source.subarray(this.#runStart, this.#runEnd));
    } else {
      socket.cork();
      socket.write(Buffer.from(head.view));
      socket.write(this.#source.subarray(this.#runStart, this.#runEnd));
      socket.uncork();
    }
  }

  /** A copy of all that {@link send} would write. */
  copy(): Buffer {
    return Buffer.concat([this.#head!.view, this.#source.subarray(this.#runStart, this.#runEnd)]);
  }

  #range(start: number, end: number): void {
    if (start !== this.#runEnd || this.#runEnd === this.#runStart) {
      this.#flushRun();
      this.#runStart = start;
    }
    this.#runEnd = end;
  }

  #flushRun(): void {
    this.#head!.writer.slice(this.#source, this.#runStart, this.#runEnd);
    this.#runStart = 0;
    this.#runEnd = 0;
  }
}

/** Room for a read of full size and its head. */
const headBufferBytes = 128 * 1024;
/** Views up to this length are kept: heads and small bodies have few different lengths. */
const maxKeptViews = 4096;

/**
 * The buffer that heads are written into, one for a whole relay. Each head begins with {@link start} and is sent before
 * anything else starts. When the kernel does not take all of it, the socket still points into the buffer: the buffer is
 * left to that socket and a new one takes its place.
 */
export class HeadBuffer {
  readonly writer: ByteWriter = new ByteWriter(Buffer.allocUnsafeSlow(headBufferBytes));
  #viewed: Buffer = this.writer.bytes;
  #views: (Buffer | undefined)[] = Array.from({ length: maxKeptViews });

  /** The buffer, emptied: its previous contents are lost. */
  start(): this {
    this.writer.clear();
    return this;
  }

  /** What has been written since {@link start}; valid until the next start. */
  get view(): Buffer {
    const { bytes, length } = this.writer;
    if (length >= maxKeptViews) return bytes.subarray(0, length);
    if (bytes !== this.#viewed) {
      this.#viewed = bytes;
      this.#views.fill(undefined);
    }
    return (this.#views[length] ??= bytes.subarray(0, length));
  }

  /** Writes {@link view} to `socket`. */
  sendTo(socket: Socket): void {
    if (!writeNow(socket, this.view)) this.writer.bytes = Buffer.allocUnsafeSlow(headBufferBytes);
  }
}

const nothing = Buffer.alloc(0);

/** Sockets whose last direct write is still under way; nearly always empty. */
const unsettled = new Set<Socket>();

let isTaken = false;
let failure: Error | undefined;

/** Called in the course of a write that is done at once, later for others: those are followed by {@link unsettled}. */
function onWritten(error?: Error | null): void {
  isTaken = true;
  failure = error ?? undefined;
}

/** True while something that was written to the socket still waits in this process for the kernel to take it. */
export function hasUnflushedWrite(socket: Socket): boolean {
  return socket.writableLength > 0 || (unsettled.size > 0 && unsettled.has(socket));
}

/**
 * Calls `onFlushed` once the kernel has all that was written to the socket so far, with the error if it never will.
 * Node's own `drain` event does not do: it comes only after a write above the high-water mark.
 */
export function whenFlushed(socket: Socket, onFlushed: (error?: Error | null) => void): void {
  // An empty write is done, or fails, when all before it is.
  socket.write(nothing, onFlushed);
}

/**
 * Writes `bytes`; false when the socket still points into them. Keeps the order with other writes. A write that fails
 * destroys the socket, as a stream's would. It leaves out a stream's bookkeeping where there is none to do: an idle
 * socket whose kernel buffer has room takes the bytes at once. `socket.write` costs about a microsecond more, a
 * twentieth of a whole request.
 */
export function writeNow(socket: Socket, bytes: Buffer): boolean {
  if (socket.connecting || !socket.writable || hasUnflushedWrite(socket)) {
    socket.write(Buffer.from(bytes));
    return true;
  }
  isTaken = false;
  failure = undefined;
  socket._write(bytes, "buffer" as BufferEncoding, onWritten);
  if (failure !== undefined) socket.destroy(failure);
  if (isTaken) return true;
  unsettled.add(socket);
  whenFlushed(socket, () => unsettled.delete(socket));
  return false;
}
