/** The record of one exchange as the relay fills it in, and the first bytes of both bodies where observers read them. */
import type { WireErrorCode } from "../../errors/wire-errors.ts";
import type { CapturedBody, Exchange, ExchangeObserver, Route } from "../../exchange.ts";
import type { RelayCounters } from "../../metrics/requests/relay-counters.ts";
import type { Outcome } from "../../outcome.ts";
import { findModelName } from "../../payload/json/model-name.ts";
import type { RequestIdentity } from "../client/identity.ts";
import type { TapOptions } from "../options.ts";

/** The route in records of requests that failed before routing, such as a malformed head. */
export const unmatchedRoute: Route = { kind: "other", model: "", version: "" };

const noHeaders: Readonly<Record<string, string>> = {};

/** The observers of the record, and the counter of their failures. */
interface Audience {
  readonly options: { readonly observers: readonly ExchangeObserver[] };
  readonly counters: RelayCounters;
}

/**
 * See {@link Exchange} for the meaning of the fields. A client connection has one record, and {@link begin} makes it new
 * for each exchange: the one place where a field gets its first value, so the fields are only declared. A new object for
 * each exchange would take 500 instructions more (1 % of a request), for write barriers and for collecting it.
 */
export class ExchangeRecord implements Exchange {
  declare route: Route;
  declare variant: string;
  declare method: string;
  declare target: string;
  declare labelId: string;
  declare requestHeaders: Readonly<Record<string, string>>;
  declare outcome: Outcome;
  declare errorCode: WireErrorCode | "";
  declare status: number;
  declare isStreaming: boolean;
  declare startedAtMs: number;
  declare durationMs: number;
  declare firstByteMs: number;
  declare upstreamMs: number;
  declare queueMs: number;
  declare requestBodyBytes: number;
  declare responseBodyBytes: number;
  declare retries: number;
  /** True when the model's name has to be looked up in the bodies. */
  declare hasModelInBody: boolean;
  /** Monotonic times of the phases, milliseconds; 0 when not reached. */
  declare beganMs: number;
  declare upstreamStartedMs: number;
  declare queuedAtMs: number;
  declare firstByteAtMs: number;
  declare requestTap: BodyTap | undefined;
  declare responseTap: BodyTap | undefined;
  readonly identity: RequestIdentity;

  /** The record of no exchange yet. */
  constructor(identity: RequestIdentity) {
    this.identity = identity;
    this.begin(0, 0);
  }

  /** Begins the next exchange. `beganMs` is the monotonic and `startedAtMs` the wall time of the request's first byte. */
  begin(beganMs: number, startedAtMs: number): void {
    this.route = unmatchedRoute;
    this.variant = "";
    this.method = "";
    this.target = "";
    this.labelId = "";
    this.requestHeaders = noHeaders;
    this.outcome = "ok";
    this.errorCode = "";
    this.status = 0;
    this.isStreaming = false;
    this.startedAtMs = startedAtMs;
    this.durationMs = 0;
    this.firstByteMs = 0;
    this.upstreamMs = 0;
    this.queueMs = 0;
    this.requestBodyBytes = 0;
    this.responseBodyBytes = 0;
    this.retries = 0;
    this.hasModelInBody = false;
    this.beganMs = beganMs;
    this.upstreamStartedMs = 0;
    this.queuedAtMs = 0;
    this.firstByteAtMs = 0;
    this.requestTap = undefined;
    this.responseTap = undefined;
  }

  /** Shows the request to the observers before it is sent to the upstream. */
  announce({ options, counters }: Audience): void {
    for (const observer of options.observers) {
      try {
        observer.begin?.(this.route, this.startedAtMs);
      } catch {
        counters.observerFailuresTotal++;
      }
    }
  }

  /** Starts keeping both bodies. */
  tapBodies(budget: TapBudget): void {
    this.requestTap = new BodyTap(budget);
    this.responseTap = new BodyTap(budget);
  }

  /** Works out the durations once the last byte has gone. */
  end(nowMs: number): void {
    this.durationMs = nowMs - this.beganMs;
    if (this.firstByteAtMs > 0) this.firstByteMs = this.firstByteAtMs - this.beganMs;
    if (this.upstreamStartedMs > 0) this.upstreamMs = nowMs - this.upstreamStartedMs;
  }

  /** Gives back what the taps hold; after the observers have seen it. */
  releaseTaps(): void {
    this.requestTap?.release();
    this.responseTap?.release();
    this.requestTap = undefined;
    this.responseTap = undefined;
  }

  get requestId(): string {
    return this.identity.id.toString("latin1");
  }

  get traceId(): string {
    return this.identity.traceId;
  }

  get model(): string {
    if (!this.hasModelInBody) return this.route.model;
    const { requestTap, responseTap } = this;
    const named = requestTap === undefined ? undefined : findModelName(requestTap.bytes);
    return named ?? (responseTap === undefined ? undefined : findModelName(responseTap.bytes)) ?? this.route.model;
  }

  get requestBody(): CapturedBody | undefined {
    return this.requestTap?.captured;
  }

  get responseBody(): CapturedBody | undefined {
    return this.responseTap?.captured;
  }
}

/** What a tap takes at first, which is enough for most bodies. */
const blockBytes = 4096;
/** Blocks kept for the next tap: making one costs ten times as much as filling it. */
const maxSpares = 64;
const nothing = Buffer.alloc(0);

/** The bytes that all taps of a relay may hold together. */
export class TapBudget {
  readonly bodyBytes: number;
  readonly #totalBytes: number;
  readonly #counters: RelayCounters;
  readonly #spares: Buffer[] = [];

  constructor(options: Pick<TapOptions, "bodyBytes" | "totalBytes">, counters: RelayCounters) {
    this.bodyBytes = options.bodyBytes;
    this.#totalBytes = options.totalBytes;
    this.#counters = counters;
  }

  /** Memory of `bytes`, in place of what a tap `held`; undefined, and counted, when the total would be passed. */
  take(bytes: number, held: Buffer): Buffer | undefined {
    if (this.#counters.tapBytesHeld + bytes - held.length > this.#totalBytes) {
      this.#counters.tapDroppedTotal++;
      return undefined;
    }
    this.#counters.tapBytesHeld += bytes;
    return (bytes === blockBytes ? this.#spares.pop() : undefined) ?? Buffer.allocUnsafeSlow(bytes);
  }

  /** Takes memory back; the caller must not read it any more. */
  giveBack(held: Buffer): void {
    this.#counters.tapBytesHeld -= held.length;
    if (held.length === blockBytes && this.#spares.length < maxSpares) this.#spares.push(held);
  }
}

/** Keeps the first bytes of one body. Bytes are copied: their buffers are reused. */
export class BodyTap {
  /** Content-Type and Content-Encoding of the message, as they were sent; empty when absent. */
  contentType = "";
  contentEncoding = "";
  readonly #budget: TapBudget;
  #bytes: Buffer = nothing;
  #length = 0;
  #isComplete = true;
  #isOpen = true;

  constructor(budget: TapBudget) {
    this.#budget = budget;
  }

  /** What was kept, without a copy: valid until {@link release}. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** What observers get; valid until {@link release}. */
  get captured(): CapturedBody {
    const { bytes, contentType, contentEncoding } = this;
    return { bytes, complete: this.#isComplete, contentType, contentEncoding };
  }

  /** Keeps of [start, end) what still fits. */
  add(source: Buffer, start: number, end: number): void {
    const count = Math.min(end - start, this.#budget.bodyBytes - this.#length);
    if (count < end - start) this.#isComplete = false;
    if (count <= 0 || !this.#isOpen || !this.#makeRoom(count)) return;
    source.copy(this.#bytes, this.#length, start, start + count);
    this.#length += count;
  }

  /** Gives the bytes back to the budget; the tap is then empty. */
  release(): void {
    this.#budget.giveBack(this.#bytes);
    this.#bytes = nothing;
    this.#length = 0;
    this.#isOpen = true;
    this.#isComplete = true;
  }

  #makeRoom(count: number): boolean {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return true;
    const size = Math.min(this.#budget.bodyBytes, Math.max(needed, this.#bytes.length * 2, blockBytes));
    const grown = this.#budget.take(size, this.#bytes);
    if (grown === undefined) {
      this.#isOpen = false;
      this.#isComplete = false;
      return false;
    }
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#budget.giveBack(this.#bytes);
    this.#bytes = grown;
    return true;
  }
}
