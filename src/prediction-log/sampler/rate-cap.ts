/** A rate limit without bias: past the rate, arrivals are chosen with falling probability instead of being cut off. */

/** Lower bound of the probability, so that it is never 0. One in a billion is low enough for any rate. */
const minProbability = 2 ** -30;

/**
 * Gives the probability with which to keep the next arrival, so that about `perSecond` are kept and at most about twice
 * that in a burst. The probability depends on earlier arrivals alone, so the sum of `amount / probability` over the kept
 * arrivals estimates the sum over all arrivals without bias (Horvitz and Thompson 1952), in a burst as well.
 *
 * A second begins with the probability that would have met the rate in the second before, at most 1: below the rate
 * every arrival is kept. Once `perSecond` is spent the probability is halved, and again after each further
 * `perSecond / 2^i`, at least 1: under a constant load each halving lasts as long as the one before. So at most
 * `2 × perSecond` and one amount for each halving are kept in a second, and n arrivals cause about log2(n) halvings.
 *
 * Amounts are counts (1) or bytes. An amount that was decided before the last halving and spent after it does not halve
 * again: bytes are known late, many at once, and would otherwise end the second for everything that follows.
 */
export class RateCap {
  readonly #perSecond: number;
  #second = Number.NEGATIVE_INFINITY;
  #probability = 1;
  #spent = 0;
  /** Total spending at which the next halving happens. */
  #threshold: number;
  #halvings = 0;
  /** Estimate of the spending in this second if every arrival were kept. */
  #demand = 0;

  /** `perSecond` is more than 0. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#threshold = perSecond;
  }

  /** Probability for the next arrival, more than 0 and at most 1. `nowMs` is monotonic. About 3 ns; allocates nothing. */
  probability(nowMs: number): number {
    const second = Math.floor(nowMs / 1000);
    if (second > this.#second) this.#begin(second);
    return this.#probability;
  }

  /** Charges a kept arrival of `amount`, with the probability that it was kept with. */
  spend(amount: number, probability: number, nowMs: number): void {
    const current = this.probability(nowMs);
    this.#spent += amount;
    this.#demand += amount / probability;
    if (this.#spent < this.#threshold || probability > current) return;
    this.#halvings++;
    this.#threshold += Math.max(1, this.#perSecond / 2 ** this.#halvings);
    this.#probability = Math.max(current / 2, minProbability);
  }

  /** After a pause of a second or more the demand before it does not count. */
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
