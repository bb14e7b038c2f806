/**
 * The story of a request, on one screen. Each numbered line is a step; after the arrow are the statuses of its error
 * replies. docs/architecture.md draws the same steps, and a test compares the two.
 */
import type { WireErrorCode } from "../../errors/wire-errors.ts";
import type { ParsedRequest } from "../../http1/request-facts.ts";

/** A request's head, and the part of its body that arrived in the same read. Valid during the call only. */
export interface IncomingRequest extends ParsedRequest {
  readonly kind: "request";
  /** Offset after the last byte of the read. */
  readonly end: number;
  /** Monotonic time of the request's first byte. */
  readonly beganMs: number;
  /** Offset after the last byte that belongs to this request, as far as it has been read; what follows is the next one's. */
  usedEnd: number;
}

/** Bytes of [0, end) from the upstream. Valid during the call they are given to. */
export interface IncomingResponse {
  readonly kind: "response";
  readonly bytes: Buffer;
  readonly end: number;
}

/** `waits` until a socket has more, or takes more; `over` when the exchange has ended. */
export type Progress = "waits" | "over";

/** The steps, as {@link serveExchange} calls them. An error code ends the exchange; the empty string continues. */
export interface ExchangeSteps {
  admit(request: IncomingRequest): void;
  identify(request: IncomingRequest): WireErrorCode | "";
  route(request: IncomingRequest): WireErrorCode | "";
  /** Ends a request that does not reach the upstream. */
  reject(request: IncomingRequest, code: WireErrorCode): void;
  attempt(request: IncomingRequest): WireErrorCode | "";
  /** `done` after the response's last byte. */
  respond(response: IncomingResponse): "more" | "done" | WireErrorCode;
  finish(result: "done" | WireErrorCode): void;
}

/**
 * Serves an exchange: called with the request's head, which takes it to step 7, and with each read from the upstream,
 * which takes it on from step 8. Between the calls, sockets and the sweep of time-outs call the handler directly: the
 * rest of a body, a free connection, a lost one (one retry if that is safe), a time-out, a client that leaves.
 */
export function serveExchange(exchange: ExchangeSteps, input: IncomingRequest | IncomingResponse): Progress {
  if (input.kind === "request") {
    // 1 admit: the listener let the connection in; the request is in flight from here → 503
    exchange.admit(input);
    // 2 identify: x-request-id and traceparent, the client's or new ones; a loop back to here → 508
    // 3 route: whether path and method are open, and the body within its bound → 400 403 405 413 503
    const refusal = exchange.identify(input) || exchange.route(input);
    if (refusal !== "") {
      exchange.reject(input, refusal);
      return "over";
    }
    // 4 choose: the variant that answers; there is only one
    // 5 gather: nothing; a body is passed on as it arrives
    // 6 join: nothing; each request is sent separately
    // 7 attempt: take a connection, write the head, stream the body; one safe retry → 400 408 413 429 502 503 504
    const failure = exchange.attempt(input);
    if (failure === "") return "waits";
    exchange.finish(failure);
    return "over";
  }
  // 8 respond: read the head strictly, write it, stream the body at the pace of the client → 502 504
  const result = exchange.respond(input);
  if (result === "more") return "waits";
  // 9 finish: release the connections, show the record to the observers
  exchange.finish(result);
  return "over";
}

/** What becomes of the client's connection: it serves the next request, closes in order, or is cut off visibly. */
export type ConnectionDisposition = "keep-alive" | "close" | "reset";

/** What an exchange needs from its client connection. */
export interface ExchangeHost {
  /** The exchange is over; called once for each. */
  onExchangeOver(disposition: ConnectionDisposition): void;
  /** Bytes that were held can be passed on: the request has got its connection, or a tunnel has opened. */
  onBodyWanted(): void;
}

/** Bytes of [start, end) that a client sent. */
export interface Chunk {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** The bytes stay as they are until a socket has sent them; else they are valid only during the call. */
  readonly isStable: boolean;
}
