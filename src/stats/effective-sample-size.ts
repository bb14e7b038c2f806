/**
 * How many independent observations the rows of a window are worth, (Σr)²/Σr² for requests of r rows each: the number of
 * requests when all have the same size, less when a few are large. Rows of one request are alike, so tests that took
 * each as independent would raise false alarms. 0 without rows.
 *
 * Source: Kish, Survey Sampling (1965), section 11.7: requests are the sample, and their rows its weights.
 */
export function effectiveSampleSize(sumOfRows: number, sumOfSquaredRows: number): number {
  return sumOfSquaredRows > 0 ? sumOfRows * (sumOfRows / sumOfSquaredRows) : 0;
}
