/** Reads the body of one request to the admin port, in memory of bounded size. */
import { ChunkedDecoder, type ChunkedLimits } from "../http1/chunked.ts";
import type { Fault } from "../http1/fault.ts";
import type { BodyFraming } from "../http1/framing.ts";

/** Maximum length of a body, bytes: a longer one gets 413. */
export const maxBodyBytes = 8_388_608;

/** Why a well-formed body was refused; codes of the admin API. */
export type BodyRefusal = "body_too_large" | "body_timeout" | "body_incomplete" | "bodies_too_many";

/** The whole body, or why it was not accepted. */
export type BodyResult =
  | { readonly kind: "read"; readonly bytes: Uint8Array }
  | { readonly kind: "faulty"; readonly fault: Fault }
  | { readonly kind: "refused"; readonly code: BodyRefusal };

/** The budget of memory for bodies, shared by all connections: a body that does not fit is refused at once. */
export class BodyMemory {
  #freeBytes: number;

  constructor(bytes: number) {
    this.#freeBytes = bytes;
  }

  /** Reserves bytes until {@link release}; false when too few are free. */
  reserve(bytes: number): boolean {
    if (bytes > this.#freeBytes) return false;
    this.#freeBytes -= bytes;
    return true;
  }

  release(bytes: number): void {
    this.#freeBytes += bytes;
  }
}

const firstBytes = 65_536;
const chunkedLimits: ChunkedLimits = { trailerBytes: 4096, headerCount: 32, extensionBytes: 256 };

/** A body while it arrives. Call {@link release} once the bytes are no longer used. */
export class IncomingBody {
  /** Resolves when the body is complete, refused or malformed. Never rejects. */
  readonly result: Promise<BodyResult>;
  readonly #resolve: (result: BodyResult) => void;
  readonly #memory: BodyMemory;
  readonly #decoder: ChunkedDecoder | undefined;
  #bytes = new Uint8Array(0);
  #length = 0;
  /** Bytes that a body with Content-Length still lacks. */
  #remaining: number;
  #outcome: BodyResult["kind"] | undefined;

  constructor(framing: BodyFraming, bodyMemory: BodyMemory) {
    const { promise, resolve } = Promise.withResolvers<BodyResult>();
    this.result = promise;
    this.#resolve = resolve;
    this.#memory = bodyMemory;
    this.#decoder = framing.kind === "chunked" ? new ChunkedDecoder(chunkedLimits) : undefined;
    this.#remaining = framing.length;
    if (framing.length > maxBodyBytes) this.end("body_too_large");
    else if (this.#decoder === undefined) this.#finishIfWhole();
  }

  /** True once {@link result} is resolved; further bytes are not accepted. */
  get isOver(): boolean {
    return this.#outcome !== undefined;
  }

  /** True when the body is complete: what follows on the connection is the next request. */
  get isWhole(): boolean {
    return this.#outcome === "read";
  }

  /** Copies what belongs to the body from the front of `bytes`, and returns how many bytes that was. */
  accept(bytes: Uint8Array): number {
    if (this.isOver) return 0;
    const taken = this.#decoder === undefined ? this.#acceptPlain(bytes) : this.#acceptChunked(this.#decoder, bytes);
    this.#finishIfWhole();
    return taken;
  }

  /** Refuses the body; no effect once it is over. */
  end(code: BodyRefusal): void {
    this.#finish({ kind: "refused", code });
  }

  /** Returns the memory. The bytes of the result must not be used afterwards. */
  release(): void {
    this.#memory.release(this.#bytes.length);
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

  /** Memory grows with the bytes that arrived, not with Content-Length, which costs a client nothing to announce. */
  #makeRoom(needed: number): boolean {
    if (needed <= this.#bytes.length) return true;
    if (needed > maxBodyBytes) {
      this.end("body_too_large");
      return false;
    }
    const size = Math.min(maxBodyBytes, Math.max(firstBytes, 2 * this.#bytes.length, needed));
    if (!this.#memory.reserve(size - this.#bytes.length)) {
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

  #finish(result: BodyResult): void {
    if (this.isOver) return;
    this.#outcome = result.kind;
    this.#resolve(result);
  }
}
