/** Follows a query: yields new lines as they arrive. */
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../../clock.ts";
import { identityOf, queryRange } from "./loki-query.ts";
import type { LokiQueryError } from "./query-failure.ts";
import type { LokiLine, LokiSource } from "./query-page.ts";

/** Yielded once all lines that existed at the start have been yielded. */
export const caughtUp = "caught_up";

/** Options of {@link followQuery}. */
export interface LokiFollow {
  readonly logql: string;
  readonly startNs: bigint;
  /** Pause between two queries, milliseconds. */
  readonly intervalMs: number;
  /** How late a line may arrive and still be yielded, milliseconds: each query looks back for so long. */
  readonly lookBackMs: number;
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Called for a temporary error, such as an unreachable Loki; the next query follows anyway. */
  readonly onTrouble: (error: LokiQueryError) => void;
}

/**
 * Yields the lines from `startNs` on, each once, in the order of their arrival: a late line comes after newer ones.
 * {@link caughtUp} is yielded once, after the first complete query. Ends when `signal` aborts. Rejects with a permanent
 * `LokiQueryError`. Remembers the lines of the look-back, about 100 bytes each.
 */
export async function* followQuery(
  source: LokiSource,
  follow: LokiFollow,
): AsyncGenerator<LokiLine | typeof caughtUp, void, undefined> {
  const { logql, clock, signal, onTrouble } = follow;
  const lookBackNs = nsOf(follow.lookBackMs);
  let startNs = follow.startNs;
  let seen = new Map<string, string>();
  let isCaughtUp = false;
  while (!signal.aborted) {
    const nowNs = nsOf(clock.wallMs());
    // The clocks of the writers may be ahead.
    const range = { startNs, endNs: nowNs + lookBackNs, limit: Infinity, direction: "forward", signal } as const;
    try {
      yield* unseen(queryRange(source, { logql, ...range }), seen);
      if (!isCaughtUp) yield caughtUp;
      isCaughtUp = true;
      if (nowNs - lookBackNs > startNs) startNs = nowNs - lookBackNs;
      const firstNs = startNs;
      seen = new Map([...seen].filter(([, timeNs]) => BigInt(timeNs) >= firstNs));
    } catch (error) {
      if (signal.aborted) return;
      if (!(error as LokiQueryError).isTransient) throw error;
      onTrouble(error as LokiQueryError);
    }
    await delay(follow.intervalMs, undefined, { signal }).catch(() => undefined);
  }
}

/** The lines that are not in `seen`; adds them. */
async function* unseen(
  lines: AsyncIterable<LokiLine>,
  seen: Map<string, string>,
): AsyncGenerator<LokiLine, void, undefined> {
  for await (const line of lines) {
    const identity = identityOf(line);
    if (seen.has(identity)) continue;
    seen.set(identity, line.timeNs);
    yield line;
  }
}

const nsOf = (ms: number): bigint => BigInt(Math.floor(ms)) * 1_000_000n;
