/** One line for each request, or for a sample of them, without what the bodies, the headers or the query hold. */
import type { Exchange, ExchangeObserver } from "../exchange.ts";

/** How many requests get a line. */
export interface AccessLogSettings {
  readonly isOn: boolean;
  /** Part of the requests, 0 to 1. The same request id is always in or always out, here and in every replica. */
  readonly sampleRatio: number;
}

/** The one call that is made of a logger. */
export interface AccessLogger {
  info(fields: object, message: string): void;
}

const maxPathLength = 512;

/** Writes access lines. Costs nothing when off, a hash of the request id when sampled, about 5 µs a line. */
export class AccessLog implements ExchangeObserver {
  readonly #logger: AccessLogger;
  #settings: AccessLogSettings;

  constructor(logger: AccessLogger, settings: AccessLogSettings) {
    this.#logger = logger;
    this.#settings = settings;
  }

  /** Takes other settings; the next request follows them. */
  configure(settings: AccessLogSettings): void {
    this.#settings = settings;
  }

  observe(exchange: Exchange): void {
    const { isOn, sampleRatio } = this.#settings;
    if (!isOn || !isSampled(exchange.requestId, sampleRatio)) return;
    this.#logger.info(accessFields(exchange), "request");
  }
}

/** True for `ratio` of all request ids, and always the same for one id. */
export function isSampled(requestId: string, ratio: number): boolean {
  return ratio >= 1 || hash(requestId) < ratio * 4_294_967_296;
}

/** FNV-1a, then the finalizer of MurmurHash3: ids that differ in their last digit only must fall apart. */
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

/** The path without its query, which may hold keys and personal data. */
function pathOf(target: string): string {
  const query = target.indexOf("?");
  const path = query === -1 ? target : target.slice(0, query);
  return path.length > maxPathLength ? `${path.slice(0, maxPathLength)}…` : path;
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;
