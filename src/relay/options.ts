/**
 * Options of the relay. Every bound has a name here; the configuration table gives the defaults. Times are in
 * milliseconds, sizes in bytes; 0 means "no limit" only where the field says so.
 */
import type { Address, TcpAddress } from "../text/address.ts";
import type { Clock, Random } from "../clock.ts";
import type { ExchangeObserver } from "../exchange.ts";

/** Bounds on what a client may send and on how much may be open at once. */
export interface RelayLimits {
  /** Request line and headers together, and the same for a response head. */
  readonly headBytes: number;
  readonly headerCount: number;
  readonly targetBytes: number;
  /** Request body; 0 for no limit. */
  readonly bodyBytes: number;
  readonly trailerBytes: number;
  /** Minimum rate of a request body, measured over each `bodyGraceMs`; 0 for no limit. */
  readonly minBodyBytesPerSecond: number;
  /** Client connections open at once. */
  readonly connections: number;
  /** Requests being served at once; 0 for no limit but `connections`. */
  readonly inFlight: number;
  /** Requests that may wait for a free upstream connection. */
  readonly queued: number;
}

/** Maximum duration of each phase, milliseconds. The relay checks them every 50 ms, so one may fire that much late. */
export interface RelayTimeouts {
  /** First byte of a request to the end of its head. */
  readonly headerMs: number;
  /** A client connection without a request: a new one, or one kept alive. */
  readonly idleMs: number;
  /** How long a request body may be slower than the minimum rate. */
  readonly bodyGraceMs: number;
  readonly connectMs: number;
  /** Waiting for a free upstream connection. */
  readonly queueMs: number;
  /** Last byte of the request sent to final response head; 0 for no limit. */
  readonly firstByteMs: number;
  /** No byte in either direction once the response has begun; 0 for no limit. */
  readonly streamIdleMs: number;
  /** The whole exchange; 0 for no limit. */
  readonly totalMs: number;
  /** No byte in either direction in an upgraded connection; 0 for no limit. */
  readonly tunnelIdleMs: number;
  /** How long a client that has closed its sending side may still be answered. */
  readonly halfCloseMs: number;
}

/** Options of the pool of connections to the model server. */
export interface PoolOptions {
  readonly maxConnections: number;
  readonly maxIdleConnections: number;
  /** Idle connections are closed after this; choose a shorter time than the server's own keep-alive (uvicorn: 5 s). */
  readonly idleMs: number;
  /** Retry a request of any method on a new connection. Only for servers where a request may arrive twice. */
  readonly retryUnsafe: boolean;
}

/** How much of the bodies is kept for observers, and which headers with them. */
export interface TapOptions {
  /** Of each body; 0 keeps none. */
  readonly bodyBytes: number;
  /** Of all bodies held at once. */
  readonly totalBytes: number;
  /** Header whose value is kept as `Exchange.labelId`, written in lower case; empty for none. */
  readonly idHeader: string;
  /** Headers whose values are kept as `Exchange.requestHeaders`, in lower case. */
  readonly headers: readonly string[];
}

/** Options of a relay, independent of the configuration's format. They do not change while it runs. */
export interface RelayOptions {
  readonly listen: TcpAddress;
  readonly upstream: Address;
  /** Name of the one variant that answers. */
  readonly variant: string;
  readonly limits: RelayLimits;
  readonly timeouts: RelayTimeouts;
  readonly pool: PoolOptions;
  readonly tap: TapOptions;
  /** Upgrade tokens passed on, lower case, e.g. `websocket`; others are ignored as RFC 9110 allows. */
  readonly upgradeProtocols: readonly string[];
  /** `Retry-After` of local 429 and 503 replies, seconds. */
  readonly retryAfterSeconds: number;
  readonly observers: readonly ExchangeObserver[];
  readonly clock: Clock;
  readonly random: Random;
}
