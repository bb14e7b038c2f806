/** What is copied of an exchange when it ends, until its bodies have been read. */
import type { WireErrorCode } from "../errors.ts";
import type { Exchange, RouteKind } from "../exchange.ts";
import type { Outcome } from "../outcome.ts";
import type { KeepDecision } from "./sampler/log-sampler.ts";

/** A record in the making. The texts are as they were sent: nothing is redacted yet. */
export interface RecordDraft {
  readonly decision: KeepDecision;
  readonly requestId: string;
  readonly traceId: string;
  readonly labelId: string;
  readonly model: string;
  readonly version: string;
  readonly variant: string;
  readonly route: RouteKind;
  readonly method: string;
  readonly target: string;
  readonly outcome: Outcome;
  readonly errorCode: WireErrorCode | "";
  readonly status: number;
  /** Wall time at which the answer was complete, whole milliseconds since the epoch. */
  readonly atMs: number;
  readonly durationMs: number;
  readonly firstByteMs: number;
  readonly upstreamMs: number;
  readonly queueMs: number;
  readonly requestBodyBytes: number;
  readonly responseBodyBytes: number;
  readonly retries: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Copies what a record needs. About 1 µs, for the three texts that are made here. */
export const draftOf = (exchange: Exchange, decision: KeepDecision): RecordDraft => ({
  decision,
  requestId: exchange.requestId,
  traceId: exchange.traceId,
  labelId: exchange.labelId,
  model: exchange.model,
  version: exchange.route.version,
  variant: exchange.variant,
  route: exchange.route.kind,
  method: exchange.method,
  target: exchange.target,
  outcome: exchange.outcome,
  errorCode: exchange.errorCode,
  status: exchange.status,
  atMs: Math.floor(exchange.startedAtMs + exchange.durationMs),
  durationMs: exchange.durationMs,
  firstByteMs: exchange.firstByteMs,
  upstreamMs: exchange.upstreamMs,
  queueMs: exchange.queueMs,
  requestBodyBytes: exchange.requestBodyBytes,
  responseBodyBytes: exchange.responseBodyBytes,
  retries: exchange.retries,
  headers: exchange.requestHeaders,
});
