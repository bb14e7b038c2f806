/** A target of the bench, the measured value, and whether it is met. */

/** One target and what was found. */
export interface Verdict {
  readonly target: string;
  /** NaN when this run did not measure it. */
  readonly found: number;
  readonly decimals: number;
  readonly isMet: boolean;
}

/** Met when it was measured and is not above the limit. */
export function atMost(target: string, found: number | undefined, limit: number, decimals: number): Verdict {
  return { target, found: found ?? Number.NaN, decimals, isMet: found !== undefined && found <= limit };
}

/** Met when it was measured and is not below the limit. */
export function atLeast(target: string, found: number | undefined, limit: number, decimals: number): Verdict {
  return { target, found: found ?? Number.NaN, decimals, isMet: found !== undefined && found >= limit };
}
