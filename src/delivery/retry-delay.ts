/** When a failed delivery is retried. */
import { backoffMs } from "../backoff.ts";

/** Options of {@link RetryDelay}. */
export interface RetryDelayOptions {
  /** Upper bound of the wait after the first failure, milliseconds; it doubles with each further failure. */
  readonly firstMs: number;
  /** Upper bound of the back-off, milliseconds. A `Retry-After` may exceed it. */
  readonly maxMs: number;
  /** A number from 0 to below 1. */
  readonly random: () => number;
}

/**
 * Exponential back-off with full jitter, so that many replicas that failed together do not retry together. A wait that
 * the destination requests (`Retry-After`) comes first, up to {@link maxRequestedMs}.
 */
export class RetryDelay {
  readonly #options: RetryDelayOptions;
  #failures = 0;
  #requestedMs = -Infinity;
  #notBeforeMs = -Infinity;

  constructor(options: RetryDelayOptions) {
    this.#options = options;
  }

  /** The earliest time of the next attempt, monotonic milliseconds; -Infinity while nothing fails. */
  get notBeforeMs(): number {
    return this.#notBeforeMs;
  }

  /** An attempt failed at `nowMs`; `afterMs` is the wait that the destination requests, 0 for none. */
  failed(nowMs: number, afterMs = 0): void {
    const { firstMs, maxMs, random } = this.#options;
    this.#failures++;
    this.#requestedMs = nowMs + Math.min(Math.max(afterMs, 0), maxRequestedMs);
    // A server that limits rates may name the same second to many clients: the first bound spreads them.
    const waitMs = afterMs > 0 ? firstMs * random() : backoffMs(this.#failures, { firstMs, maxMs, jitter: 1 }, random);
    this.#notBeforeMs = this.#requestedMs + waitMs;
  }

  /** An attempt succeeded: the next may start at once, and back-off starts over. */
  succeeded(): void {
    this.#failures = 0;
    this.#notBeforeMs = -Infinity;
    this.#requestedMs = -Infinity;
  }

  /** Ends the current back-off and starts it over, for a shutdown. A wait that the destination requested stays. */
  skipBackoff(): void {
    this.#failures = 0;
    this.#notBeforeMs = this.#requestedMs;
  }
}

/** Longest wait that a destination may request: 5 minutes. */
export const maxRequestedMs = 300_000;
