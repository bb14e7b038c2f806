// A model server and its sidecar start together; whoever waits for readiness should not wait for a long interval.
const eagerMs = 10_000;
const unreachableRetryMs = 100;
const unreadyRetryMs = 500;

/** What the pace of checks depends on. */
export interface CheckPace {
  readonly isLive: boolean;
  readonly isReady: boolean;
  /** Since the prober was started, milliseconds. */
  readonly ageMs: number;
  /** The pace in the long run, milliseconds. */
  readonly intervalMs: number;
}

/** How long to wait before the next check, milliseconds: shorter in the first ten seconds until the server is ready. */
export function retryDelayMs({ isLive, isReady, ageMs, intervalMs }: CheckPace): number {
  if (isReady || ageMs >= eagerMs) return intervalMs;
  return Math.min(intervalMs, isLive ? unreadyRetryMs : unreachableRetryMs);
}
