/** Goes on giving lines as they come in. */
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../../clock.ts";
import { identityOf, queryRange } from "./loki-query.ts";
import type { LokiQueryError } from "./query-failure.ts";
import type { LokiLine, LokiSource } from "./query-page.ts";

/** Says that all is given that was there at the beginning. */
export const caughtUp = "caught_up";

/** How lines are followed. */
export interface LokiFollow {
  readonly logql: string;
  readonly startNs: bigint;
  /** Between two questions, milliseconds. */
  readonly intervalMs: number;
  /** How late a line may come in and still be given, milliseconds: it is asked for again and again for so long. */
  readonly lookBackMs: number;
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Told of what passes by itself, such as a Loki that is away. */
  readonly onTrouble: (error: LokiQueryError) => void;
}

/**
 * Gives the lines from `startNs` on, each once, in the order in which they are found: a late one comes after younger
 * ones. {@link caughtUp} comes once, after the first question that was answered whole. Ends when `signal` says so. Rejects
 * with a `LokiQueryError` that does not pass by itself. Remembers the lines of the look-back, about 100 bytes each.
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
    // The clocks of those who write may be ahead.
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
      if (!(error as LokiQueryError).isPassing) throw error;
      onTrouble(error as LokiQueryError);
    }
    await delay(follow.intervalMs, undefined, { signal }).catch(() => undefined);
  }
}

/** The lines that are not in `seen`, which then they are. */
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
