/** Collects the reasons why one attempt to deliver a batch could not finish. */
import type { DeliveryResult, RetryReason } from "../../prediction-log/destination.ts";

/** Why entries have to be pushed again, and the wait that Loki requests. */
export interface Obstacle {
  readonly reason: RetryReason;
  readonly detail: string;
  readonly afterMs?: number;
}

/** State of one attempt, shared by all streams of the batch. */
export class DeliveryAttempt {
  readonly signal: AbortSignal;
  #first: Obstacle | undefined;
  #afterMs = 0;
  #isOver = false;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** Whether no stream may push any more in this attempt. */
  get isOver(): boolean {
    if (this.signal.aborted) this.end({ reason: "timeout", detail: "cancelled" });
    return this.#isOver;
  }

  /** One stream cannot continue in this attempt. */
  blockStream(obstacle: Obstacle): void {
    this.#first ??= obstacle;
    this.#afterMs = Math.max(this.#afterMs, obstacle.afterMs ?? 0);
  }

  /** No stream can continue in this attempt. */
  end(obstacle: Obstacle): void {
    this.blockStream(obstacle);
    this.#isOver = true;
  }

  /** A retry for the first obstacle, after the longest requested wait; undefined when there was no obstacle. */
  get result(): DeliveryResult | undefined {
    if (this.#first === undefined) return undefined;
    const { reason, detail } = this.#first;
    return { kind: "retry", reason, detail, ...(this.#afterMs > 0 ? { afterMs: this.#afterMs } : {}) };
  }
}
