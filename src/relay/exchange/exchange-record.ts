/** The record of one exchange as the relay fills it in; one per client connection, used again and again. */
import type { WireErrorCode } from "../../errors/wire-errors.ts";
import type { CapturedBody, Exchange, Route } from "../../exchange.ts";
import type { Outcome } from "../../outcome.ts";
import { findModelName } from "../../payload/json/model-name.ts";
import { IdentityLines } from "../client/identity-lines.ts";
import type { IdentitySource } from "../client/identity.ts";
import { BodyTap, type TapBudget } from "../tap.ts";

/** What requests that are not routed are recorded under. */
export const unmatchedRoute: Route = { kind: "other", model: "", version: "" };

const noHeaders: Readonly<Record<string, string>> = {};

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
  labelId = "";
  requestHeaders: Readonly<Record<string, string>> = noHeaders;
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
  readonly identity: IdentityLines = new IdentityLines();
  readonly #traceId: Buffer = Buffer.alloc(32);
  /** True when the trace was begun here: its identity is then the request's own. */
  #isOwnTrace = false;

  /** Clears what the last exchange left. */
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
    this.handedOverMs = 0;
    this.queuedAtMs = 0;
    this.firstByteAtMs = 0;
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

  /** Keeps the trace identity at `start`. */
  setTraceId(bytes: Buffer, start: number): void {
    this.#isOwnTrace = false;
    bytes.copy(this.#traceId, 0, start, start + 32);
  }

  /** The trace was begun here; `isRequestId` when its identity is the request's as well. */
  beginTrace(source: IdentitySource, isRequestId: boolean): void {
    this.#isOwnTrace = isRequestId;
    if (!isRequestId) source.id.copy(this.#traceId);
  }

  get requestId(): string {
    return this.identity.id.toString("latin1");
  }

  get traceId(): string {
    if (this.identity.id.length === 0) return "";
    return (this.#isOwnTrace ? this.identity.id : this.#traceId).toString("latin1");
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
