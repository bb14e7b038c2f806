/** The request's body on its way to the upstream: where it ends, its maximum size, its minimum speed. */
import type { Socket } from "node:net";
import { ChunkedDecoder } from "../../http1/chunked.ts";
import type { BodyFraming } from "../../http1/framing.ts";
import type { WireErrorCode } from "../../errors/wire-errors.ts";
import { type BodyWriter, hasUnflushedWrite, whenFlushed } from "./body-writer.ts";
import type { RelayContext } from "../context.ts";

/** Follows one request body after another on a client connection. */
export class RequestBody {
  isComplete = true;
  /** Body bytes so far, without their coding. */
  bytes = 0;
  /** True while the client is not read because the upstream does not keep up. */
  isPaused = false;
  readonly #context: RelayContext;
  readonly #client: Socket;
  #kind: BodyFraming["kind"] = "none";
  #isTooLarge = false;
  #remaining = 0;
  #decoder: ChunkedDecoder | undefined;
  #windowStartMs = 0;
  #windowBytes = 0;

  constructor(context: RelayContext, client: Socket) {
    this.#context = context;
    this.#client = client;
  }

  /** Begins a body; {@link fault} then says whether its announced length is over the limit. */
  begin(framing: BodyFraming): void {
    const limit = this.#context.options.limits.bodyBytes;
    this.#kind = framing.kind;
    this.#remaining = framing.length;
    this.#isTooLarge = limit > 0 && framing.length > limit;
    this.bytes = 0;
    this.isComplete = framing.kind === "none" || (framing.kind === "length" && framing.length === 0);
    this.#resetRate();
    if (framing.kind === "chunked") {
      this.#decoder ??= new ChunkedDecoder(this.#context.chunkedLimits);
      this.#decoder.reset();
    }
  }

  /**
   * Hands the body's bytes of [start, end) to `writer`; returns the offset after the last of them. What follows belongs
   * to the next request. After a {@link fault} nothing more may be sent.
   */
  accept(source: Buffer, start: number, end: number, writer: BodyWriter): number {
    if (this.isComplete) return start;
    if (this.#kind === "length") {
      const stop = Math.min(end, start + this.#remaining);
      writer.data(start, stop);
      this.#count(stop - start);
      this.#remaining -= stop - start;
      this.isComplete = this.#remaining === 0;
      return stop;
    }
    const decoder = this.#decoder!;
    const before = decoder.bodyBytes;
    const stop = decoder.read(source, start, end, writer);
    this.#count(decoder.bodyBytes - before);
    this.isComplete = decoder.isDone;
    return stop;
  }

  /** What is wrong with the body so far. */
  get fault(): WireErrorCode | "" {
    if (this.#isTooLarge) return "body_too_large";
    if (this.#kind !== "chunked") return "";
    if (this.#decoder!.fault !== "") return this.#decoder!.fault;
    const limit = this.#context.options.limits.bodyBytes;
    return limit > 0 && this.bytes > limit ? "body_too_large" : "";
  }

  /** Stops reading the client until `upstream` has taken all that was written to it; not at all when it has already. */
  waitFor(upstream: Socket): void {
    if (!hasUnflushedWrite(upstream)) return;
    this.isPaused = true;
    this.#client.pause();
    whenFlushed(upstream, (error) => {
      if (error !== null && error !== undefined) return;
      this.resume();
      this.#resetRate();
    });
  }

  /** Reads the client again, if {@link waitFor} has stopped that. */
  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.#client.resume();
  }

  /**
   * True when the last window of `bodyGraceMs` brought fewer bytes than the minimum rate asks. Call it only while it is
   * the client that has to send.
   */
  isTooSlow(nowMs: number): boolean {
    const { options } = this.#context;
    const windowMs = options.timeouts.bodyGraceMs;
    if (this.isComplete || options.limits.minBodyBytesPerSecond === 0 || nowMs - this.#windowStartMs < windowMs) {
      return false;
    }
    const isSlow = this.#windowBytes < (options.limits.minBodyBytesPerSecond * windowMs) / 1000;
    this.#windowStartMs = nowMs;
    this.#windowBytes = 0;
    return isSlow;
  }

  /** Starts measuring the rate anew: the client was not read until now. */
  #resetRate(): void {
    this.#windowStartMs = this.#context.coarseMs;
    this.#windowBytes = 0;
  }

  #count(bytes: number): void {
    this.bytes += bytes;
    this.#windowBytes += bytes;
    this.#context.counters.requestBodyBytesTotal += bytes;
  }
}
