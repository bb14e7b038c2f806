import { normalTwoSided } from "./normal-distribution.ts";

/** What {@link twoProportionTest} found. */
export interface TwoProportionResult {
  /** Current share less baseline share, −1 to 1; 0 when a side has no rows. */
  readonly difference: number;
  /** Standard normal without drift; its square is the chi-squared statistic of the 2×2 table. */
  readonly z: number;
  /** Two-sided. */
  readonly pValue: number;
}

/**
 * Did the share of one cell (missing, new, out of range) change? Two-proportion z-test with the pooled share, without
 * continuity correction. Hits are from 0 to their rows. When both shares are 0 or both are 1, or a side has no
 * rows, there is no evidence: z 0, p 1.
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
