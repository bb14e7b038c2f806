/** The request's body on its way to the upstream: where it ends, how much of it may come, how fast it has to be. */
import { ChunkedDecoder } from "../../http1/chunked.ts";
import type { BodyFraming } from "../../http1/framing.ts";
import type { WireErrorCode } from "../../errors/wire-errors.ts";
import type { BodyPass } from "./body-pass.ts";
import type { RelayContext } from "../context.ts";

/** Follows one request body after another on a client connection. */
export class RequestBody {
  isComplete = true;
  /** Body bytes so far. */
  bytes = 0;
  readonly #context: RelayContext;
  #kind: BodyFraming["kind"] = "none";
  #remaining = 0;
  #decoder: ChunkedDecoder | undefined;
  #windowStartMs = 0;
  #windowBytes = 0;

  constructor(context: RelayContext) {
    this.#context = context;
  }

  /** Begins a body; an error when its announced length is over the limit. */
  begin(framing: BodyFraming): WireErrorCode | "" {
    const limit = this.#context.options.limits.bodyBytes;
    this.#kind = framing.kind;
    this.#remaining = framing.length;
    this.bytes = 0;
    this.isComplete = framing.kind === "none" || (framing.kind === "length" && framing.length === 0);
    this.resetRate();
    if (framing.kind === "chunked") {
      this.#decoder ??= new ChunkedDecoder(this.#context.chunkedLimits);
      this.#decoder.reset();
    }
    return limit > 0 && framing.length > limit ? "body_too_large" : "";
  }

  /**
   * Hands the body's bytes of [start, end) to `pass`; returns the offset after the last of them. What follows belongs
   * to the next request. After an error nothing more may be sent.
   */
  accept(source: Buffer, start: number, end: number, pass: BodyPass): number {
    if (this.isComplete) return start;
    if (this.#kind === "length") {
      const stop = Math.min(end, start + this.#remaining);
      pass.data(start, stop);
      this.#count(stop - start);
      this.#remaining -= stop - start;
      this.isComplete = this.#remaining === 0;
      return stop;
    }
    const decoder = this.#decoder!;
    const before = decoder.bodyBytes;
    const stop = decoder.read(source, start, end, pass);
    this.#count(decoder.bodyBytes - before);
    this.isComplete = decoder.isDone;
    return stop;
  }

  /** What is wrong with the body so far. */
  get fault(): WireErrorCode | "" {
    if (this.#kind !== "chunked") return "";
    if (this.#decoder!.fault !== "") return this.#decoder!.fault;
    const limit = this.#context.options.limits.bodyBytes;
    return limit > 0 && this.bytes > limit ? "body_too_large" : "";
  }

  /** Starts measuring the rate anew: the client has not been listened to until now. */
  resetRate(): void {
    this.#windowStartMs = this.#context.coarseMs;
    this.#windowBytes = 0;
  }

  /** True when the last window of `bodyGraceMs` brought fewer bytes than the minimum rate asks. */
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

  #count(bytes: number): void {
    this.bytes += bytes;
    this.#windowBytes += bytes;
    this.#context.counters.requestBodyBytesTotal += bytes;
  }
}
