/** The record of one exchange as the relay fills it in; one per client connection, used again and again. */
import type { WireErrorCode } from "../errors.ts";
import type { CapturedBody, Exchange, Route } from "../exchange.ts";
import type { Outcome } from "../outcome.ts";
import { findModelName } from "../inference/model-name.ts";
import { BodyTap, type TapBudget } from "./tap.ts";

/** What requests that are not routed are recorded under. */
export const unmatchedRoute: Route = { kind: "other", model: "", version: "" };

const longestId = 128;
const idName = "x-request-id: ";
const ownIdName = "x-outrider-request-id: ";

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
  readonly #idLine: Buffer = Buffer.alloc(idName.length + longestId + 2, idName);
  readonly #lastLines: Buffer = Buffer.alloc(ownIdName.length + longestId + 4, ownIdName);
  readonly #traceId: Buffer = Buffer.alloc(32);
  #idLength = 0;
  /** Length of the identity that the two lines were last made for; nearly always the same. */
  #linesLength = -1;
  #idLineView: Buffer | undefined;
  #lastLinesView: Buffer | undefined;

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
    const length = end - start;
    this.#idLength = length;
    bytes.copy(this.#id, 0, start, end);
    bytes.copy(this.#idLine, idName.length, start, end);
    bytes.copy(this.#lastLines, ownIdName.length, start, end);
    if (length === this.#linesLength) return;
    this.#idLine.write("\r\n", idName.length + length);
    this.#lastLines.write("\r\n\r\n", ownIdName.length + length);
    this.#linesLength = length;
    this.#idLineView = undefined;
    this.#lastLinesView = undefined;
  }

  setTraceId(bytes: Buffer, start: number): void {
    bytes.copy(this.#traceId, 0, start, start + 32);
  }

  /** The request's identity as bytes. */
  get idBytes(): Buffer {
    return this.#id.subarray(0, this.#idLength);
  }

  /** The identity as an `x-request-id` line of a response, with its CRLF. */
  get idLine(): Buffer {
    return (this.#idLineView ??= this.#idLine.subarray(0, idName.length + this.#idLength + 2));
  }

  /** The identity as an `x-outrider-request-id` line with its CRLF, and the head's last CRLF. */
  get lastLines(): Buffer {
    return (this.#lastLinesView ??= this.#lastLines.subarray(0, ownIdName.length + this.#idLength + 4));
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
