/** The one exponential back-off of the product: how long to wait before the next attempt after consecutive failures. */

/** How fast the wait grows, its maximum, and its random part. */
export interface BackoffOptions {
  /** Upper bound of the wait after the first failure, milliseconds; it doubles with each further failure. */
  readonly firstMs: number;
  /** The upper bound never exceeds this, milliseconds. */
  readonly maxMs: number;
  /** Share of the wait that is random, 0 to 1. With 1 ("full jitter") the wait is uniform between 0 and the bound. */
  readonly jitter: number;
}

/**
 * The wait after `failures` consecutive failures (1 or more), milliseconds: at most the bound, at least the part of it that
 * is not jitter. `random` gives a number from 0 to below 1; it spreads clients that failed at the same moment.
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function backoffMs(failures: number, { firstMs, maxMs, jitter }: BackoffOptions, random: () => number): number {
  // After 30 doublings every first wait of a millisecond or more has passed any sensible maximum.
  const boundMs = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, maxDoublings));
  return boundMs * (1 - jitter + jitter * random());
}

const maxDoublings = 30;
