// A model server and its sidecar start together: a pod that becomes ready should not wait for a long interval.
const eagerMs = 10_000;
const unreachableRetryMs = 100;
const unreadyRetryMs = 500;

/** State on which the delay depends. */
export interface CheckPace {
  readonly isLive: boolean;
  readonly isReady: boolean;
  /** Since the prober was started, milliseconds. */
  readonly ageMs: number;
  /** The delay after the first ten seconds, milliseconds. */
  readonly intervalMs: number;
}

/** How long to wait before the next check, milliseconds: shorter in the first ten seconds until the server is ready. */
export function retryDelayMs({ isLive, isReady, ageMs, intervalMs }: CheckPace): number {
  if (isReady || ageMs >= eagerMs) return intervalMs;
  return Math.min(intervalMs, isLive ? unreadyRetryMs : unreachableRetryMs);
}
