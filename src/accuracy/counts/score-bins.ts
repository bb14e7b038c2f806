/** Bins for probabilities, fine everywhere and finest where scores of rare events crowd. */

/** Number of bins of {@link scoreBin}, which returns 0 to this minus 1. */
export const scoreBinCount = 1000;

/** Range of the logarithm of the odds to either side of even odds: up to 1 in 1,200,000. */
const maxLogit = 14;

/**
 * The bin of a probability. Half of the bins are even over probabilities (none is wider than 0.002), half over the
 * logarithm of the odds (a bin is at most 6 % of the odds wide): a model whose scores are all below 0.01 is ranked as
 * well as any. Ascending with the probability; values outside 0 to 1 count as the nearer end, NaN as 0.
 */
export function scoreBin(probability: number): number {
  const p = probability >= 0 ? Math.min(1, probability) : 0;
  const logit = Math.min(maxLogit, Math.max(-maxLogit, Math.log(p / (1 - p))));
  const place = (p + logit / (2 * maxLogit) + 0.5) / 2;
  return Math.min(scoreBinCount - 1, Math.floor(place * scoreBinCount));
}
