/** Bounds of the relay: those of the configuration, and those that are constants because no setup needs another value. */
import type { Config } from "../config/table/table.ts";
import type { RelayOptions } from "../relay/options.ts";

/** Header lines of a request or response. Envoy allows 100 by default; browsers and SDKs send far fewer. */
const headerCount = 128;

/** Minimum bound of the request target: what nginx and Apache accept. With a larger `limits.head_bytes` it grows. */
const minTargetBytes = 8192;

/** Trailers of a chunked body. They carry checksums and statuses; no serving protocol sends more than a few. */
const trailerBytes = 8192;

/** How long a body may be slower than the minimum rate: TCP slow start and short stalls of a client are no attack. */
const bodyGraceMs = 10_000;

/** How long a client that has closed its sending side is still answered; docs/decisions/half-closed-clients.md. */
const halfCloseMs = 150;

/** The relay's limits, timeouts and pool: those of the configuration, with the constants and derived bounds added. */
export function relayBounds({
  limits,
  timeouts,
  pool,
}: Config): Pick<RelayOptions, "limits" | "timeouts" | "pool" | "retryAfterSeconds"> {
  const targetBytes = Math.max(minTargetBytes, Math.floor(limits.headBytes / 4));
  return {
    limits: { ...limits, headerCount, targetBytes, trailerBytes },
    timeouts: { ...timeouts, bodyGraceMs, halfCloseMs },
    // An idle connection costs little and is closed after `pool.idle_ms`, so all of them may be idle.
    pool: { ...pool, maxIdleConnections: pool.maxConnections },
    retryAfterSeconds: limits.retryAfterSeconds,
  };
}
