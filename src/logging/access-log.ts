/** The access log: one line per request, or per sampled request. Bodies, header values and query strings are never logged. */
import type { Exchange, ExchangeObserver } from "../exchange.ts";

/** Settings of {@link AccessLog}. */
export interface AccessLogSettings {
  readonly isOn: boolean;
  /** Share of requests that are logged, 0 to 1. The decision depends on the request ID alone, so all replicas agree. */
  readonly sampleRatio: number;
}

/** The part of a pino logger that {@link AccessLog} uses. */
export interface AccessLogger {
  info(fields: object, message: string): void;
}

const maxPathLength = 512;

/** Writes the access log. Free when off; sampling costs a hash of the request ID, and a line a few microseconds. */
export class AccessLog implements ExchangeObserver {
  readonly #logger: AccessLogger;
  #settings: AccessLogSettings;

  constructor(logger: AccessLogger, settings: AccessLogSettings) {
    this.#logger = logger;
    this.#settings = settings;
  }

  /** Changes the settings, from the next finished request on. */
  configure(settings: AccessLogSettings): void {
    this.#settings = settings;
  }

  observe(exchange: Exchange): void {
    const { isOn, sampleRatio } = this.#settings;
    if (!isOn || !isSampled(exchange.requestId, sampleRatio)) return;
    this.#logger.info(accessFields(exchange), "request");
  }
}

/** True for a share of all request IDs; always the same for one ID. */
export function isSampled(requestId: string, ratio: number): boolean {
  return ratio >= 1 || hash(requestId) < ratio * 4_294_967_296;
}

/** FNV-1a, then the finalizer of MurmurHash3: IDs that differ only in the last digit must get unrelated hashes. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

function accessFields(exchange: Exchange): object {
  return {
    request_id: exchange.requestId,
    trace_id: exchange.traceId,
    method: exchange.method,
    path: pathOf(exchange.target),
    status: exchange.status,
    outcome: exchange.outcome,
    ...(exchange.errorCode === "" ? {} : { code: exchange.errorCode }),
    kind: exchange.route.kind,
    model: exchange.model,
    version: exchange.route.version,
    variant: exchange.variant,
    streaming: exchange.isStreaming,
    duration_ms: rounded(exchange.durationMs),
    first_byte_ms: rounded(exchange.firstByteMs),
    upstream_ms: rounded(exchange.upstreamMs),
    queue_ms: rounded(exchange.queueMs),
    request_bytes: exchange.requestBodyBytes,
    response_bytes: exchange.responseBodyBytes,
    retries: exchange.retries,
  };
}

/** The path without the query string, which may contain keys and personal data. */
function pathOf(target: string): string {
  const query = target.indexOf("?");
  const path = query === -1 ? target : target.slice(0, query);
  return path.length > maxPathLength ? `${path.slice(0, maxPathLength)}…` : path;
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;
