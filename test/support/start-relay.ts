import { systemClock } from "../../src/clock.ts";
import type { Exchange, ExchangeObserver } from "../../src/exchange.ts";
import { routingOf } from "./routing-of.ts";
import type { Address } from "../../src/text/address.ts";
import type { RelayOptions } from "../../src/relay/options.ts";
import { type Relay, startRelay } from "../../src/relay/relay.ts";
import { systemRandom } from "../../src/relay/system-random.ts";

/** Bounds that no ordinary case meets, so that a case which is about one bound sets just that one. */
const testDefaults: Omit<RelayOptions, "upstream" | "observers"> = {
  listen: { host: "127.0.0.1", port: 0 },
  variant: "stable",
  limits: {
    headBytes: 16_384,
    headerCount: 100,
    targetBytes: 8_192,
    bodyBytes: 64 * 1_048_576,
    trailerBytes: 4_096,
    minBodyBytesPerSecond: 0,
    connections: 2_000,
    inFlight: 0,
    queued: 1_000,
  },
  timeouts: {
    headerMs: 20_000,
    idleMs: 20_000,
    bodyGraceMs: 20_000,
    connectMs: 5_000,
    queueMs: 10_000,
    firstByteMs: 20_000,
    streamIdleMs: 20_000,
    totalMs: 0,
    tunnelIdleMs: 20_000,
    halfCloseMs: 150,
  },
  pool: { maxConnections: 512, maxIdleConnections: 64, idleMs: 4_000, retryUnsafe: false },
  tap: { bodyBytes: 0, totalBytes: 0, idHeader: "", headers: [] },
  upgradeProtocols: ["websocket"],
  retryAfterSeconds: 1,
  clock: systemClock,
  random: systemRandom,
};

/** Options of a test: any part of the relay's, one level deep. */
export interface RelayOverrides {
  readonly limits?: Partial<RelayOptions["limits"]>;
  readonly timeouts?: Partial<RelayOptions["timeouts"]>;
  readonly pool?: Partial<RelayOptions["pool"]>;
  readonly tap?: Partial<RelayOptions["tap"]>;
  readonly upgradeProtocols?: readonly string[];
  readonly retryAfterSeconds?: number;
  readonly observers?: readonly ExchangeObserver[];
}

/** The relay's options for a test in front of `upstream`. */
export function relayOptions(upstream: Address, overrides: RelayOverrides = {}): RelayOptions {
  return {
    ...testDefaults,
    ...overrides,
    upstream,
    limits: { ...testDefaults.limits, ...overrides.limits },
    timeouts: { ...testDefaults.timeouts, ...overrides.timeouts },
    pool: { ...testDefaults.pool, ...overrides.pool },
    tap: { ...testDefaults.tap, ...overrides.tap },
    observers: overrides.observers ?? [],
  };
}

const seenFields = [
  "method",
  "target",
  "requestId",
  "outcome",
  "errorCode",
  "status",
  "retries",
  "requestBodyBytes",
  "responseBodyBytes",
  "isStreaming",
] as const;

/** What a test keeps of an exchange: the record itself is valid only during the observer's call. */
export type SeenExchange = Pick<Exchange, (typeof seenFields)[number]>;

/** An observer that copies what passes. */
export function recordExchanges(): { readonly seen: SeenExchange[]; readonly observer: ExchangeObserver } {
  const seen: SeenExchange[] = [];
  const copy = (exchange: Exchange): SeenExchange =>
    Object.fromEntries(seenFields.map((field) => [field, exchange[field]])) as unknown as SeenExchange;
  return { seen, observer: { observe: (exchange) => void seen.push(copy(exchange)) } };
}

/** Starts a relay that passes every path, as the generic protocol does. */
export async function startTestRelay(options: RelayOptions): Promise<Relay> {
  const relay = await startRelay(options);
  relay.serve(routingOf("generic"));
  return relay;
}
