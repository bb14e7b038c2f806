/** The body of one request to the admin port, taken in as it comes; everything about it is bounded. */
import { ChunkedDecoder, type ChunkedLimits } from "../http1/chunked.ts";
import type { Fault } from "../http1/fault.ts";
import type { BodyFraming } from "../http1/framing.ts";

/** Longest body, bytes. */
export const maxBodyBytes = 8_388_608;

/** Why a body that is not malformed was not taken; codes of the admin port. */
export type BodyRefusal = "body_too_large" | "body_timeout" | "body_incomplete" | "bodies_too_many";

/** A whole body, or why there is none. */
export type BodyReading =
  | { readonly kind: "read"; readonly bytes: Uint8Array }
  | { readonly kind: "faulty"; readonly fault: Fault }
  | { readonly kind: "refused"; readonly code: BodyRefusal };

/** Memory for bodies, shared by all connections. */
export class BodyRoom {
  #freeBytes: number;

  constructor(bytes: number) {
    this.#freeBytes = bytes;
  }

  /** True when so many bytes were free; they are taken until {@link give}. */
  take(bytes: number): boolean {
    if (bytes > this.#freeBytes) return false;
    this.#freeBytes -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#freeBytes += bytes;
  }
}

const firstBytes = 65_536;
const chunkedLimits: ChunkedLimits = { trailerBytes: 4096, headerCount: 32, extensionBytes: 256 };

/** See the top of the file. */
export class IncomingBody {
  /** Resolves when the body is over, in whichever way. */
  readonly reading: Promise<BodyReading>;
  readonly #resolve: (reading: BodyReading) => void;
  readonly #room: BodyRoom;
  readonly #decoder: ChunkedDecoder | undefined;
  #bytes = new Uint8Array(0);
  #length = 0;
  /** Bytes still to come of a body with a length. */
  #remaining: number;
  #outcome: BodyReading["kind"] | undefined;

  constructor(framing: BodyFraming, room: BodyRoom) {
    const { promise, resolve } = Promise.withResolvers<BodyReading>();
    this.reading = promise;
    this.#resolve = resolve;
    this.#room = room;
    this.#decoder = framing.kind === "chunked" ? new ChunkedDecoder(chunkedLimits) : undefined;
    this.#remaining = framing.length;
    if (framing.length > maxBodyBytes) this.end("body_too_large");
    else if (this.#decoder === undefined) this.#finishIfWhole();
  }

  /** True when nothing more is taken. */
  get isOver(): boolean {
    return this.#outcome !== undefined;
  }

  /** True when the body came to its end: what follows on the connection is the next request. */
  get isWhole(): boolean {
    return this.#outcome === "read";
  }

  /** Takes what belongs to the body from the front of `bytes`, copying it, and returns how much that was. */
  accept(bytes: Uint8Array): number {
    if (this.isOver) return 0;
    const taken = this.#decoder === undefined ? this.#acceptPlain(bytes) : this.#acceptChunked(this.#decoder, bytes);
    this.#finishIfWhole();
    return taken;
  }

  /** Ends the body before its end; does nothing once it is over. */
  end(code: BodyRefusal): void {
    this.#finish({ kind: "refused", code });
  }

  /** Gives the memory back; the bytes are not used any more. */
  release(): void {
    this.#room.give(this.#bytes.length);
    this.#bytes = new Uint8Array(0);
  }

  #acceptPlain(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.#remaining);
    this.#keep(bytes.subarray(0, taken));
    this.#remaining -= taken;
    return taken;
  }

  #acceptChunked(decoder: ChunkedDecoder, bytes: Uint8Array): number {
    const taken = decoder.read(bytes, 0, bytes.length, {
      coding: () => {},
      held: () => {},
      data: (start, end) => this.#keep(bytes.subarray(start, end)),
    });
    if (decoder.fault !== "") this.#finish({ kind: "faulty", fault: decoder.fault });
    return taken;
  }

  #keep(part: Uint8Array): void {
    const needed = this.#length + part.length;
    if (this.isOver || !this.#makeRoom(needed)) return;
    this.#bytes.set(part, this.#length);
    this.#length = needed;
  }

  /** Memory grows with what has come, not with what was announced: announcing costs a client nothing. */
  #makeRoom(needed: number): boolean {
    if (needed <= this.#bytes.length) return true;
    if (needed > maxBodyBytes) {
      this.end("body_too_large");
      return false;
    }
    const size = Math.min(maxBodyBytes, Math.max(firstBytes, 2 * this.#bytes.length, needed));
    if (!this.#room.take(size - this.#bytes.length)) {
      this.end("bodies_too_many");
      return false;
    }
    const grown = new Uint8Array(size);
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    return true;
  }

  #finishIfWhole(): void {
    const isWhole = this.#decoder === undefined ? this.#remaining === 0 : this.#decoder.isDone;
    if (isWhole) this.#finish({ kind: "read", bytes: this.#bytes.subarray(0, this.#length) });
  }

  #finish(reading: BodyReading): void {
    if (this.isOver) return;
    this.#outcome = reading.kind;
    this.#resolve(reading);
  }
}
