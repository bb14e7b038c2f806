/**
 * A probability is never taken as nearer to 0 or 1 than this, so that one sure mistake costs 36 and not infinity. The
 * spacing of doubles at 1, as scikit-learn has it.
 */
const closestToCertain = Number.EPSILON;

/**
 * Squared error of a probability, (p−y)², 0 to 1. Its mean over labelled rows is the Brier score of a two-class
 * model. The probability is of the positive class; outside 0 to 1 it counts as the nearer end.
 *
 * Source: Brier, Verification of forecasts expressed in terms of probability (1950), halved as is usual for two
 * classes.
 */
export function brierTerm(probability: number, isPositive: boolean): number {
  const error = Math.min(1, Math.max(0, probability)) - (isPositive ? 1 : 0);
  return error * error;
}

/**
 * −ln of the probability that the model gave to what turned out true, 0 to 36.05. Its mean over labelled rows is the
 * log loss, for any number of classes. The probability is kept 2^−52 away from 0 and 1.
 *
 * Source: Good, Rational decisions (1952).
 */
export function logLossTerm(probabilityOfTruth: number): number {
  return -Math.log(Math.min(1 - closestToCertain, Math.max(closestToCertain, probabilityOfTruth)));
}

/** Errors of numeric predictions, added up. Adding two of them field by field merges them. */
export interface ErrorSums {
  readonly rows: number;
  /** Σ|prediction − label|. */
  readonly absolute: number;
  /** Σ(prediction − label)². */
  readonly squared: number;
}

/** Mean absolute error, in the unit of the labels; undefined without rows. */
export function meanAbsoluteError(sums: ErrorSums): number | undefined {
  return sums.rows > 0 ? sums.absolute / sums.rows : undefined;
}

/** Root mean squared error, in the unit of the labels, at least the mean absolute one; undefined without rows. */
export function rootMeanSquaredError(sums: ErrorSums): number | undefined {
  return sums.rows > 0 ? Math.sqrt(sums.squared / sums.rows) : undefined;
}
