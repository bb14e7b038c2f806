/** The record of one exchange as the relay fills it in; one per client connection, used again and again. */
import type { WireErrorCode } from "../errors.ts";
import type { CapturedBody, Exchange, Route } from "../exchange.ts";
import type { Outcome } from "../outcome.ts";
import { findModelName } from "../inference/model-name.ts";
import { BodyTap, type TapBudget } from "./tap.ts";

/** What requests that are not routed are recorded under. */
export const unmatchedRoute: Route = { kind: "other", model: "", version: "" };

const longestId = 128;
const ownIdLength = 32;

interface BodyType {
  contentType: string;
  contentEncoding: string;
}

/** See {@link Exchange} for the meaning of the fields. */
export class ExchangeRecord implements Exchange {
  route: Route = unmatchedRoute;
  variant = "";
  method = "";
  target = "";
  outcome: Outcome = "ok";
  errorCode: WireErrorCode | "" = "";
  status = 0;
  isStreaming = false;
  startedAtMs = 0;
  durationMs = 0;
  firstByteMs = 0;
  upstreamMs = 0;
  queueMs = 0;
  requestBodyBytes = 0;
  responseBodyBytes = 0;
  retries = 0;
  /** True when the model's name is to be looked for in the bodies. */
  hasModelInBody = false;
  /** Monotonic times of the phases, milliseconds; 0 when not reached. */
  beganMs = 0;
  handedOverMs = 0;
  queuedAtMs = 0;
  firstByteAtMs = 0;
  readonly requestType: BodyType = { contentType: "", contentEncoding: "" };
  readonly responseType: BodyType = { contentType: "", contentEncoding: "" };
  requestTap: BodyTap | undefined;
  responseTap: BodyTap | undefined;
  readonly #id: Buffer = Buffer.alloc(longestId);
  readonly #ownId: Buffer = this.#id.subarray(0, ownIdLength);
  readonly #traceId: Buffer = Buffer.alloc(32);
  #idLength = 0;

  /** Clears what the last exchange left. */
  begin(beganMs: number, startedAtMs: number): void {
    this.route = unmatchedRoute;
    this.variant = "";
    this.method = "";
    this.target = "";
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
    this.handedOverMs = 0;
    this.queuedAtMs = 0;
    this.firstByteAtMs = 0;
    this.#idLength = 0;
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
    if (this.handedOverMs > 0) this.upstreamMs = nowMs - this.handedOverMs;
  }

  /** Gives back what the taps hold; after the observers have seen it. */
  releaseTaps(): void {
    this.requestTap?.release();
    this.responseTap?.release();
    this.requestTap = undefined;
    this.responseTap = undefined;
  }

  /** Keeps the request's identity, at most 128 bytes. */
  setId(bytes: Buffer, start: number, end: number): void {
    bytes.copy(this.#id, 0, start, end);
    this.#idLength = end - start;
  }

  setTraceId(bytes: Buffer, start: number): void {
    bytes.copy(this.#traceId, 0, start, start + 32);
  }

  /** The request's identity as bytes. */
  get idBytes(): Buffer {
    // Nearly all identities have the length that this instance makes itself.
    return this.#idLength === ownIdLength ? this.#ownId : this.#id.subarray(0, this.#idLength);
  }

  get requestId(): string {
    return this.#id.toString("latin1", 0, this.#idLength);
  }

  get traceId(): string {
    return this.#idLength === 0 ? "" : this.#traceId.toString("latin1");
  }

  get model(): string {
    if (!this.hasModelInBody) return this.route.model;
    const { requestTap, responseTap } = this;
    const named = requestTap === undefined ? undefined : findModelName(requestTap.bytes);
    return named ?? (responseTap === undefined ? undefined : findModelName(responseTap.bytes)) ?? this.route.model;
  }

  get requestBody(): CapturedBody | undefined {
    return captured(this.requestTap, this.requestType);
  }

  get responseBody(): CapturedBody | undefined {
    return captured(this.responseTap, this.responseType);
  }
}

function captured(tap: BodyTap | undefined, type: BodyType): CapturedBody | undefined {
  if (tap === undefined) return undefined;
  return {
    bytes: tap.bytes,
    complete: tap.isComplete,
    contentType: type.contentType,
    contentEncoding: type.contentEncoding,
  };
}
