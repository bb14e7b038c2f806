/** A rate that is kept to without bias: what comes past it is thinned out, never cut off. */

/** Below this nothing is halved any more, so that a probability is never 0. One in a billion keeps to any rate. */
const minProbability = 2 ** -30;

/**
 * Says with which probability the next arrival is to be kept so that about `perSecond` are, and never twice that by much.
 * The probability depends only on what came before, never on the arrival itself; so the sum of `amount / probability`
 * over what was kept estimates the sum over all that came without bias (Horvitz and Thompson 1952), in a burst as well.
 *
 * Seconds are those of the clock. One begins with the probability that would have kept to the rate in the second before,
 * at most 1: below the rate everything is kept. Once `perSecond` is spent the probability is halved, and again for each
 * further `perSecond / 2^i` spent, at least 1: the i-th half lasts as long as the first did if arrivals go on alike. So
 * at most `2 × perSecond` and one amount for each halving are kept in a second, and n arrivals make about log2(n)
 * halvings.
 *
 * Amounts are counts (1) or bytes. What was decided before the last halving and is spent after it does not halve again:
 * bytes are known late, many at once, and would else end the second for all that follow.
 */
export class RateCap {
  readonly #perSecond: number;
  #second = Number.NEGATIVE_INFINITY;
  #probability = 1;
  #spent = 0;
  /** What may be spent until the next halving. */
  #threshold: number;
  #halvings = 0;
  /** Estimate of what this second would have spent with everything kept. */
  #demand = 0;

  /** `perSecond` is more than 0. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#threshold = perSecond;
  }

  /** For the next arrival, more than 0 and at most 1. Monotonic time. About 3 ns; allocates nothing. */
  probability(nowMs: number): number {
    const second = Math.floor(nowMs / 1000);
    if (second > this.#second) this.#begin(second);
    return this.#probability;
  }

  /** Takes note that `amount` was kept, with the probability that it was kept with. */
  spend(amount: number, probability: number, nowMs: number): void {
    const current = this.probability(nowMs);
    this.#spent += amount;
    this.#demand += amount / probability;
    if (this.#spent < this.#threshold || probability > current) return;
    this.#halvings++;
    this.#threshold += Math.max(1, this.#perSecond / 2 ** this.#halvings);
    this.#probability = Math.max(current / 2, minProbability);
  }

  /** After a pause there is no second before. */
  #begin(second: number): void {
    const demand = second === this.#second + 1 ? this.#demand : 0;
    this.#second = second;
    this.#probability = demand > this.#perSecond ? Math.max(this.#perSecond / demand, minProbability) : 1;
    this.#spent = 0;
    this.#threshold = this.#perSecond;
    this.#halvings = 0;
    this.#demand = 0;
  }
}
