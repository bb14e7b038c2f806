/**
 * Count, mean, standard deviation, smallest and largest of numbers that arrive one by one, in 40 bytes and without
 * losing digits when the mean is large compared with the spread. Values that are not finite are ignored.
 *
 * Source: Welford, Note on a method for calculating corrected sums of squares and products (1962), with weights as
 * West (1979); merging after Chan, Golub and LeVeque (1979).
 */
export class RunningMoments {
  #weight = 0;
  #mean = 0;
  #squares = 0;
  #smallest = Infinity;
  #largest = -Infinity;

  /** Sum of weights; the number of values when none was given. */
  get weight(): number {
    return this.#weight;
  }

  /** 0 without values. */
  get mean(): number {
    return this.#mean;
  }

  /** Of the values as a whole population (divided by n); 0 without values, `Number.MAX_VALUE` on overflow. */
  get variance(): number {
    return this.#weight > 0 ? Math.min(Number.MAX_VALUE, Math.max(0, this.#squares / this.#weight)) : 0;
  }

  /** Root of {@link variance}. */
  get standardDeviation(): number {
    return Math.sqrt(this.variance);
  }

  /** Infinity without values. */
  get smallest(): number {
    return this.#smallest;
  }

  /** −Infinity without values. */
  get largest(): number {
    return this.#largest;
  }

  /** Adds a value; one that is not finite, or has a weight of 0 or less, is ignored. */
  add(value: number, weight = 1): void {
    if (!Number.isFinite(value) || !(weight > 0)) return;
    this.#weight += weight;
    const before = this.#mean;
    const part = weight / this.#weight;
    this.#mean = between(before, value, part);
    this.#addSquares(weight, value - before, value - this.#mean);
    this.#smallest = Math.min(this.#smallest, value);
    this.#largest = Math.max(this.#largest, value);
  }

  /** Adds the values of another, up to rounding. */
  merge(other: RunningMoments): void {
    const weight = this.#weight + other.#weight;
    if (weight === 0) return;
    const part = other.#weight / weight;
    const difference = other.#mean - this.#mean;
    this.#squares += other.#squares;
    this.#addSquares(this.#weight * part, difference, difference);
    this.#mean = between(this.#mean, other.#mean, part);
    this.#weight = weight;
    this.#smallest = Math.min(this.#smallest, other.#smallest);
    this.#largest = Math.max(this.#largest, other.#largest);
  }

  /** Differences may be infinite (1e308 and −1e308); infinity times 0 would make the state NaN permanently. */
  #addSquares(weight: number, first: number, second: number): void {
    if (weight > 0 && first !== 0 && second !== 0) this.#squares += weight * first * second;
  }
}

/**
 * A part of the way from one number to another, in halves because the whole way may be longer than the largest number.
 */
function between(from: number, to: number, part: number): number {
  const half = (to / 2 - from / 2) * part;
  return from + half + half;
}
