/** When a delivery that failed is tried again. */

/** How failures are spaced. */
export interface RetryPaceOptions {
  /** Longest wait after the first failure; doubled with each further one. */
  readonly firstMs: number;
  /** Longest wait at all, but for what the other side asks for. */
  readonly maxMs: number;
  /** A number from 0 to below 1. */
  readonly random: () => number;
}

/**
 * Exponential back-off with full jitter: the wait is uniform between nothing and the bound, so that many who failed
 * together do not come back together. What the other side asks for (Retry-After) is waited for first, up to
 * {@link maxAskedMs}.
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export class RetryPace {
  readonly #options: RetryPaceOptions;
  #failures = 0;
  #askedMs = -Infinity;
  #notBeforeMs = -Infinity;

  constructor(options: RetryPaceOptions) {
    this.#options = options;
  }

  /** No attempt before this reading of the monotonic clock. */
  get notBeforeMs(): number {
    return this.#notBeforeMs;
  }

  /** An attempt failed; `afterMs` is what the other side asked for. */
  failed(nowMs: number, afterMs = 0): void {
    const { firstMs, maxMs, random } = this.#options;
    // Past 2^30 the bound is maxMs whatever firstMs is.
    const boundMs = Math.min(firstMs * 2 ** Math.min(this.#failures, 30), maxMs);
    this.#failures++;
    this.postpone(nowMs, afterMs);
    // Many are told the same second to come back at: they are spread over the first wait at least.
    this.#notBeforeMs = this.#askedMs + random() * (afterMs > 0 ? firstMs : boundMs);
  }

  /** Nothing failed, but not before `afterMs`. */
  postpone(nowMs: number, afterMs = 0): void {
    this.#askedMs = nowMs + Math.min(Math.max(afterMs, 0), maxAskedMs);
    this.#notBeforeMs = this.#askedMs;
  }

  /** An attempt went well. */
  succeeded(): void {
    this.#failures = 0;
    this.#notBeforeMs = -Infinity;
    this.#askedMs = -Infinity;
  }

  /** There is not much time left: only what the other side asked for is waited for, and back-off begins anew. */
  hurry(): void {
    this.#failures = 0;
    this.#notBeforeMs = this.#askedMs;
  }
}

/** Longest that the other side can make us wait: 5 minutes. */
export const maxAskedMs = 300_000;
