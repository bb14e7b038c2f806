/** A copy of the fields of an exchange, held until its bodies are decoded. */
import type { Exchange, RouteKind } from "../exchange.ts";
import type { SamplingDecision } from "./sampler/log-sampler.ts";

/** Fields that a draft has in common with its exchange. */
type ExchangeField =
  | "requestId"
  | "traceId"
  | "labelId"
  | "model"
  | "variant"
  | "method"
  | "target"
  | "outcome"
  | "errorCode"
  | "status"
  | "durationMs"
  | "firstByteMs"
  | "upstreamMs"
  | "queueMs"
  | "requestBodyBytes"
  | "responseBodyBytes"
  | "retries";

/** A record without its bodies. Texts are as they were sent: nothing is redacted yet. */
export interface RecordDraft extends Pick<Exchange, ExchangeField> {
  readonly decision: SamplingDecision;
  /** Version and kind of the exchange's route. */
  readonly version: string;
  readonly route: RouteKind;
  /** Wall time of the end of the response, whole milliseconds since the epoch. */
  readonly atMs: number;
  readonly headers: Exchange["requestHeaders"];
}

/** Copies the fields that a record needs. About 1 µs, mostly for three lazy texts that are made here. */
export const draftOf = (exchange: Exchange, decision: SamplingDecision): RecordDraft => ({
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
