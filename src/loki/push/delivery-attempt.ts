/** What holds up one attempt to deliver a batch. */
import type { DeliveryResult, RetryReason } from "../../prediction-log/destination.ts";

/** Why something has to be pushed again. */
export interface Obstacle {
  readonly reason: RetryReason;
  readonly detail: string;
  readonly afterMs?: number;
}

/** Gathers the obstacles that the streams of a batch meet. */
export class DeliveryAttempt {
  readonly signal: AbortSignal;
  #first: Obstacle | undefined;
  #afterMs = 0;
  #isOver = false;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** True when nothing more is to be pushed in this attempt. */
  get isOver(): boolean {
    if (this.signal.aborted) this.end({ reason: "timeout", detail: "given up" });
    return this.#isOver;
  }

  /** A stream cannot go on. */
  hold(obstacle: Obstacle): void {
    this.#first ??= obstacle;
    this.#afterMs = Math.max(this.#afterMs, obstacle.afterMs ?? 0);
  }

  /** No stream can go on. */
  end(obstacle: Obstacle): void {
    this.hold(obstacle);
    this.#isOver = true;
  }

  /** The retry that it comes to: because of the first obstacle, after the longest wait. Undefined when there was none. */
  get result(): DeliveryResult | undefined {
    if (this.#first === undefined) return undefined;
    const { reason, detail } = this.#first;
    return { kind: "retry", reason, detail, ...(this.#afterMs > 0 ? { afterMs: this.#afterMs } : {}) };
  }
}
