import { normalUpperQuantile } from "./normal-distribution.ts";

/** Bounds of a share, 0 to 1, lower ≤ upper. */
export interface ShareInterval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Where the true share lies when so many of `trials` were successes: Wilson's score interval, which unlike the usual
 * ±1.96 standard errors holds near 0 and 1 and for few trials. Always contains the observed share; 0 to 1 without
 * trials. `confidence` is two-sided, 0.95 unless given; 1 and more gives 0 to 1, 0 and less the share itself. Counts
 * may be scaled to an effective sample size.
 *
 * Source: Wilson, Probable inference, the law of succession, and statistical inference (1927).
 */
export function wilsonInterval(successes: number, trials: number, confidence = 0.95): ShareInterval {
  if (!(trials > 0)) return { lower: 0, upper: 1 };
  const share = Math.min(1, Math.max(0, successes / trials));
  const z = confidence > 0 ? normalUpperQuantile((1 - confidence) / 2) : 0;
  if (z === Infinity) return { lower: 0, upper: 1 };
  const square = z * z;
  const centre = (share * trials + square / 2) / (trials + square);
  const half = (z * Math.sqrt(share * (1 - share) * trials + square / 4)) / (trials + square);
  // The share is always inside; only rounding can put it a digit outside.
  return {
    lower: Math.min(share, Math.max(0, centre - half)),
    upper: Math.max(share, Math.min(1, centre + half)),
  };
}
