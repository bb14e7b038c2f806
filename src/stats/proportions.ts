/** Tests and intervals of a share. */
import { normalTwoSided } from "./normal-distribution.ts";
import { normalUpperQuantile } from "./normal-distribution.ts";

/** Result of {@link twoProportionTest}. */
export interface TwoProportionResult {
  /** Current share minus baseline share, −1 to 1; 0 when a side has no rows. */
  readonly difference: number;
  /** Standard normal without drift; its square is the chi-squared statistic of the 2×2 table. */
  readonly z: number;
  /** Two-sided. */
  readonly pValue: number;
}

/**
 * Did the share of one cell (missing, new, out of range) change? Two-proportion z-test with the pooled share,
 * without continuity correction. Hits are from 0 to their rows. When both shares are 0 or both are 1, or a side has no
 * rows, z is 0 and p is 1.
 *
 * Source: Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, chapter 3.
 */
export function twoProportionTest(
  baselineHits: number,
  baselineRows: number,
  currentHits: number,
  currentRows: number,
): TwoProportionResult {
  if (!(baselineRows > 0 && currentRows > 0)) return { difference: 0, z: 0, pValue: 1 };
  const difference = currentHits / currentRows - baselineHits / baselineRows;
  const rows = baselineRows + currentRows;
  const hits = (baselineHits + currentHits) / rows;
  const misses = (baselineRows - baselineHits + (currentRows - currentHits)) / rows;
  const deviation = Math.sqrt(hits * misses * (1 / baselineRows + 1 / currentRows));
  if (!(deviation > 0)) return { difference, z: 0, pValue: 1 };
  const z = difference / deviation;
  return { difference, z, pValue: normalTwoSided(z) };
}

/** Bounds of a share, 0 to 1, lower ≤ upper. */
export interface ShareInterval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Interval of the true share after `successes` in `trials`: Wilson's score interval, which unlike the usual
 * ±1.96 standard errors holds near 0 and 1 and for few trials. Always contains the observed share; 0 to 1 without
 * trials. `confidence` is two-sided, 0.95 unless given; 1 and above gives 0 to 1; 0 and below gives the share itself. Counts
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
