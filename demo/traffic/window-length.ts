import { kindWeights, maxBatch } from "./traffic.ts";

/** Requests that count for a verdict: it needs 600 with twenty bins a feature, and chance may give a window fewer. */
const requestsAWindow = 700;

const minSeconds = 2;
/** A window that is still too short is carried into the next. */
const maxSeconds = 60;

/**
 * Length of the windows in which the sidecar looks for drift, in whole seconds: just long enough for a verdict in each
 * of them at this rate. Requests with many rows count for less, as rows of one batch may be alike: of requests with r
 * rows each, (Σr)²/Σr² count.
 */
export function windowSeconds(requestsPerSecond: number): number {
  const seconds = Math.ceil(requestsAWindow / (requestsPerSecond * countedShare()));
  return Math.min(maxSeconds, Math.max(minSeconds, seconds));
}

/** The part of all requests that counts, 0 to 1. */
function countedShare(): number {
  const shares = Object.fromEntries(kindWeights);
  const total = kindWeights.reduce((sum, [, weight]) => sum + weight, 0);
  const sizes = Array.from({ length: maxBatch - 1 }, (_, index) => index + 2);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const { single = 0, batch = 0 } = shares;
  const rows = single + batch * mean(sizes);
  const squares = single + batch * mean(sizes.map((size) => size ** 2));
  return rows ** 2 / squares / total;
}
