/**
 * The record of one request and its response. The relay fills it in; metrics, drift, the prediction log and the
 * release judge only ever read it, after the last byte has gone.
 */
import type { WireErrorCode } from "./errors/wire-errors.ts";
import type { Outcome } from "./outcome.ts";

/**
 * What a path is for, in the serving protocol's own terms. Only `inference` feeds latency objectives and autoscaling;
 * `health` and `metadata` are counted apart; `other` is a path that a generic or user-written rule let through and is
 * treated as inference.
 */
export const routeKinds = ["inference", "stream", "metadata", "health", "other"] as const;

/** See {@link routeKinds}. */
export type RouteKind = (typeof routeKinds)[number];

/** What a request asks for. Immutable and shared by all requests for the same path, so observers may key on its identity. */
export interface Route {
  readonly kind: RouteKind;
  /** Model name from the path or the configuration; empty when neither names one. */
  readonly model: string;
  /** Model version or label from the path or the configuration; empty when neither names one. */
  readonly version: string;
}

/** The first bytes of a body as they passed, still in their content coding. Valid only during the observer's call. */
export interface CapturedBody {
  readonly bytes: Uint8Array;
  /** False when the body was longer than the tap kept. */
  readonly complete: boolean;
  readonly contentType: string;
  readonly contentEncoding: string;
}

/**
 * One request and its response. Valid during the observer's call only: identity and bodies are in buffers that the next
 * request uses, so an observer copies what it keeps. Strings marked *lazy* are made each time they are read.
 */
export interface Exchange {
  readonly route: Route;
  /** Model named in the bodies (OpenAI) or else {@link Route.model}; empty when unknown. */
  readonly model: string;
  /** The variant that answered; empty when the request was sent to no upstream. */
  readonly variant: string;
  readonly method: string;
  /** Request target as it was sent, with its query. Lazy. */
  readonly target: string;
  /** The request id in logs, metrics and the response's `x-outrider-request-id`. Lazy. */
  readonly requestId: string;
  /** Value of the request header that labels name, when one is configured and bodies are kept; empty otherwise. */
  readonly labelId: string;
  /**
   * Values of the request headers that the log of predictions names, by name in lower case; only while bodies are kept.
   * The object is not changed afterwards.
   */
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** The 32 hex digits of the trace it belongs to. Lazy. */
  readonly traceId: string;
  readonly outcome: Outcome;
  /** Code of the error that Outrider itself answered or recorded; empty when the model server's response went through. */
  readonly errorCode: WireErrorCode | "";
  /** Status sent to the client; 0 when it left before one was sent. */
  readonly status: number;
  /** True for server-sent events, upgraded connections and routes declared as streams. */
  readonly isStreaming: boolean;
  /** Wall time of the request's first byte, milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** First byte of the request to last byte of the response, milliseconds. */
  readonly durationMs: number;
  /** First byte of the request to first byte of the final response head; 0 when there was none. */
  readonly firstByteMs: number;
  /** From sending the request to the upstream to the response's last byte; 0 when it was sent to none. */
  readonly upstreamMs: number;
  /** Part of `durationMs` spent waiting for a free upstream connection. */
  readonly queueMs: number;
  readonly requestBodyBytes: number;
  readonly responseBodyBytes: number;
  /** How many times the request was sent again on a new connection: 0 or 1. */
  readonly retries: number;
  readonly requestBody: CapturedBody | undefined;
  readonly responseBody: CapturedBody | undefined;
}

/**
 * Something that reads finished exchanges. It is called on the relay's thread right after the last byte: it must be
 * quick, must not keep the record, and if it throws, the relay counts that and continues.
 */
export interface ExchangeObserver {
  /** True when the observer reads the captured bodies; without such an observer none are kept. */
  readonly wantsBodies?: boolean;
  /**
   * Called when a request has passed the route table or is shed, before it is sent to the model server: demand is counted
   * when it arrives, not when a slow server responds. `startedAtMs` is the wall time of the request's first byte.
   */
  begin?(route: Route, startedAtMs: number): void;
  observe(exchange: Exchange): void;
}
