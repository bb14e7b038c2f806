/**
 * Chunked coding (RFC 9112 §7.1), read strictly and incrementally. A relay passes most of the coding on unchanged:
 * the decoder says which byte ranges to keep, which of them are body, and leaves out what no later reader needs:
 * leading zeros of sizes, extensions, and trailers that name framing, routing or credentials.
 */
import { asciiBytes, CR, LF, SEMICOLON, hexValue, isFieldValue } from "./bytes.ts";
import { Field } from "./field.ts";
import type { Fault } from "./fault.ts";
import { HeaderSection, Progress, type ProgressValue } from "./header-section.ts";

/** Limits of chunked coding; a body that exceeds one is rejected. */
export interface ChunkedLimits {
  /** All trailer lines together, bytes. */
  readonly trailerBytes: number;
  readonly headerCount: number;
  /** Extensions of one chunk, bytes. */
  readonly extensionBytes: number;
}

/** Receives what a piece of chunked bytes holds, in order. Offsets are into the piece. */
export interface ChunkedSink {
  /** Bytes of the coding itself to pass on: a size and its line end, a chunk's line end, a trailer line, the last CRLF. */
  coding(start: number, end: number): void;
  /** Bytes of the body. */
  data(start: number, end: number): void;
  /** Bytes of the coding that were held back until they were understood. */
  held(bytes: Buffer): void;
}

const State = { size: 0, sizeLf: 1, extension: 2, data: 3, dataCr: 4, dataLf: 5, trailers: 6, done: 7 } as const;

const maxDigits = 16;
const maxSize = 2 ** 53 - 1;

/** Trailer fields that are never passed on: they would change framing, routing or the caller's identity (RFC 9110 §6.5.1). */
const forbiddenTrailers: ReadonlySet<number> = new Set([
  Field.host,
  Field.connection,
  Field.contentLength,
  Field.transferEncoding,
  Field.te,
  Field.upgrade,
  Field.keepAlive,
  Field.proxyConnection,
  Field.proxyAuthenticate,
  Field.proxyAuthorization,
  Field.expect,
  Field.maxForwards,
  Field.contentType,
  Field.contentEncoding,
  Field.authorization,
  Field.cookie,
  Field.via,
  Field.xForwardedFor,
  Field.xRequestId,
  Field.traceparent,
  Field.tracestate,
  Field.http2Settings,
  Field.internal,
]);

/** Reads one chunked body; about 1 ns a byte of coding, nothing per byte of body. */
export class ChunkedDecoder {
  fault: Fault | "" = "";
  /** Body bytes seen so far. */
  bodyBytes = 0;
  readonly #limits: ChunkedLimits;
  readonly #trailers: HeaderSection;
  #state: number = State.size;
  #remaining = 0;
  #digits = 0;
  #extensionBytes = 0;
  #trailerBytes = new Uint8Array(0);
  #trailerLength = 0;

  constructor(limits: ChunkedLimits) {
    this.#limits = limits;
    this.#trailers = new HeaderSection({
      headBytes: limits.trailerBytes,
      headerCount: limits.headerCount,
      targetBytes: 0,
    });
  }

  /** Prepares for the next body. */
  reset(): void {
    this.fault = "";
    this.bodyBytes = 0;
    this.#state = State.size;
    this.#remaining = 0;
    this.#digits = 0;
    this.#trailerLength = 0;
  }

  /**
   * Reads `bytes` from `start` to `end` and gives `sink` what they hold, in order. Returns the offset after the last byte that
   * belongs to this body; {@link isDone} then says whether it is over. After a {@link fault} nothing more may be passed on.
   */
  read(bytes: Uint8Array, start: number, end: number, sink: ChunkedSink): number {
    let i = start;
    while (i < end && this.fault === "" && this.#state !== State.done) {
      if (this.#state === State.data) {
        const stop = Math.min(end, i + this.#remaining);
        sink.data(i, stop);
        this.bodyBytes += stop - i;
        this.#remaining -= stop - i;
        i = stop;
        if (this.#remaining === 0) this.#state = State.dataCr;
      } else if (this.#state === State.trailers) {
        i = this.#readTrailers(bytes, i, end, sink);
      } else {
        i = this.#readCoding(bytes, i, end, sink);
      }
    }
    return i;
  }

  /** True after the last chunk and its trailers. */
  get isDone(): boolean {
    return this.#state === State.done;
  }

  /** Size line and line ends, byte by byte; passes on what it read in one range where it can. */
  #readCoding(bytes: Uint8Array, start: number, end: number, sink: ChunkedSink): number {
    let from = start;
    let i = start;
    for (; i < end && this.#isInCoding(); i++) {
      const byte = bytes[i]!;
      const wasExtension = this.#state === State.extension;
      const isPassed = this.#step(byte);
      if (this.fault !== "") return i;
      if (!isPassed) {
        if (i > from) sink.coding(from, i);
        from = i + 1;
        // The extension ends with its line's CR, which belongs to the size line.
        if (wasExtension && this.#state === State.sizeLf && this.#remaining > 0) from = i;
      }
    }
    if (i > from) sink.coding(from, i);
    return i;
  }

  #isInCoding(): boolean {
    return this.#state !== State.data && this.#state !== State.trailers && this.#state !== State.done;
  }

  /** Takes one byte of the chunked coding; true when the byte has to be passed on. */
  #step(byte: number): boolean {
    switch (this.#state) {
      case State.size:
        return this.#stepSize(byte);
      case State.extension:
        return this.#stepExtension(byte);
      case State.sizeLf:
        if (byte !== LF) this.fault = "chunk_malformed";
        return this.#endSize();
      case State.dataCr:
        if (byte !== CR) this.fault = "chunk_malformed";
        this.#state = State.dataLf;
        return true;
      default:
        if (byte !== LF) this.fault = "chunk_malformed";
        this.#state = State.size;
        this.#digits = 0;
        return true;
    }
  }

  #stepSize(byte: number): boolean {
    const digit = hexValue[byte]!;
    if (digit !== 255) {
      if (++this.#digits > maxDigits) this.fault = "chunk_malformed";
      this.#remaining = this.#remaining * 16 + digit;
      if (this.#remaining > maxSize) this.fault = "chunk_malformed";
      // Leading zeros are left out; the zero of the last chunk is written when its trailers are known.
      return this.#remaining !== 0;
    }
    if (this.#digits === 0) this.fault = "chunk_malformed";
    else if (byte === CR) this.#state = State.sizeLf;
    else if (byte === SEMICOLON) {
      this.#state = State.extension;
      this.#extensionBytes = 0;
      return false;
    } else this.fault = "chunk_malformed";
    return this.#remaining !== 0;
  }

  #stepExtension(byte: number): boolean {
    if (byte === CR) this.#state = State.sizeLf;
    else if (isFieldValue[byte] === 0) this.fault = "chunk_malformed";
    else if (++this.#extensionBytes > this.#limits.extensionBytes) this.fault = "chunk_extension_too_long";
    return false;
  }

  #endSize(): boolean {
    if (this.#remaining > 0) {
      this.#state = State.data;
      return true;
    }
    this.#state = State.trailers;
    this.#trailerLength = 0;
    this.#trailers.reset(0);
    return false;
  }

  /** Trailer lines are held until all have arrived. The allowed ones are then passed on behind the last chunk's size. */
  #readTrailers(bytes: Uint8Array, start: number, end: number, sink: ChunkedSink): number {
    const before = this.#trailerLength;
    // The usual end, in one piece: no trailers at all.
    if (before === 0 && end - start >= 2 && bytes[start] === CR && bytes[start + 1] === LF) {
      this.#state = State.done;
      sink.held(lastChunk);
      return start + 2;
    }
    const taken = Math.min(end - start, this.#limits.trailerBytes + 2 - before);
    this.#hold(bytes, start, start + taken);
    const progress: ProgressValue = this.#trailers.read(this.#trailerBytes, 0, this.#trailerLength);
    if (progress === Progress.needsMore) return start + taken;
    if (progress === Progress.faulty) {
      this.fault = this.#trailers.fault === "head_too_large" ? "trailers_too_large" : "trailer_malformed";
      return start;
    }
    this.#state = State.done;
    sink.held(this.#passedTrailers());
    return start + this.#trailers.at - before;
  }

  #hold(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.#trailerLength + end - start;
    if (this.#trailerBytes.length < needed) {
      const grown = new Uint8Array(Math.max(256, needed * 2));
      grown.set(this.#trailerBytes.subarray(0, this.#trailerLength));
      this.#trailerBytes = grown;
    }
    this.#trailerBytes.set(bytes.subarray(start, end), this.#trailerLength);
    this.#trailerLength = needed;
  }

  #passedTrailers(): Buffer {
    const trailers = this.#trailers;
    const out = Buffer.alloc(lastChunk.length + trailers.at);
    out.set(lastChunk.subarray(0, 3));
    let length = 3;
    for (let i = 0; i < trailers.count; i++) {
      if (forbiddenTrailers.has(trailers.field[i]!)) continue;
      const line = this.#trailerBytes.subarray(trailers.nameStart[i], trailers.lineEnd[i]);
      out.set(line, length);
      length += line.length;
    }
    out[length++] = CR;
    out[length++] = LF;
    return out.subarray(0, length);
  }
}

/** `0 CRLF CRLF`: a body's end without trailers. */
export const lastChunk: Buffer = asciiBytes("0\r\n\r\n");
