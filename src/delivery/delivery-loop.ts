/** The loop that delivers one batch after the other, from memory or from the spool. */
import type { Clock } from "../clock.ts";
import type { DeliveryResult, Destination, EntryDropReason, RetryReason } from "../prediction-log/destination.ts";
import type { LogEntry } from "../prediction-log/log-entry.ts";
import type { DeliveryAccounting } from "./delivery-accounting.ts";
import { startCall, type DeliveryCall } from "./delivery-call.ts";
import type { DeliveryOptions } from "./delivery-options.ts";
import type { DeliveryQueue } from "./delivery-queue.ts";
import { RetryDelay } from "./retry-delay.ts";
import type { SpillToDisk } from "./spill-to-disk.ts";
import type { SpoolLosses } from "./spool/spool.ts";
import { Waker, type Schedule } from "./waker.ts";

/** Parts and options of {@link DeliveryLoop}. */
export interface DeliveryLoopParts {
  readonly destination: Destination;
  readonly queue: DeliveryQueue;
  readonly accounting: DeliveryAccounting;
  readonly spill: SpillToDisk | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly schedule: Schedule;
  readonly onTrouble: (detail: string) => void;
  readonly onRecovered: () => void;
  readonly options: DeliveryOptions;
  /** Whether waiting entries must be delivered at once, without waiting for a full batch. */
  readonly isFlushing: () => boolean;
  /** Called after each round of the loop. */
  readonly onStep: () => void;
}

/**
 * One call of the destination at a time. A batch that failed is delivered again with the very same entries, until the
 * destination settles it or {@link SpillToDisk} takes it over.
 */
export class DeliveryLoop {
  readonly #parts: DeliveryLoopParts;
  readonly #waker: Waker;
  readonly #retryDelay: RetryDelay;
  readonly #reportedReasons = new Set<string>();
  #isStopped = false;
  /** Start of the first attempt since the last success. */
  #failingSinceMs: number | undefined;
  #callStartedMs: number | undefined;
  /** A call that was aborted and may not have settled: the next call waits for its end. */
  #abandoned: DeliveryCall | undefined;

  constructor(parts: DeliveryLoopParts) {
    const { options, random, schedule } = parts;
    this.#parts = parts;
    this.#waker = new Waker(schedule);
    this.#retryDelay = new RetryDelay({ firstMs: options.retryFirstMs, maxMs: options.retryMaxMs, random });
  }

  /** Makes {@link run} check again whether there is anything to deliver. */
  wake(): void {
    this.#waker.wake();
  }

  /** Retries at once, for a shutdown; a wait that the destination requested stays. */
  skipBackoff(): void {
    this.#retryDelay.skipBackoff();
    this.#waker.wake();
  }

  /** Ends {@link run}. A call under way is aborted; its entries stay in the queue or in the spool. */
  stop(): void {
    this.#isStopped = true;
    this.#waker.wake();
  }

  /** Reports a trouble, once for each reason until a delivery succeeds. */
  report(reason: RetryReason | EntryDropReason, detail: string): void {
    if (this.#reportedReasons.has(reason)) return;
    this.#reportedReasons.add(reason);
    this.#parts.onTrouble(detail);
  }

  /** Delivers until {@link stop}. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      const nowMs = this.#parts.clock.monotonicMs();
      if (this.#untilSpillMs(nowMs) <= 0) this.#parts.spill?.open();
      const waitMs = this.#untilNextMs(nowMs);
      if (waitMs > 0) await this.#waker.wait(waitMs);
      else await this.#deliverNext();
      this.#parts.onStep();
    }
  }

  #untilNextMs(nowMs: number): number {
    const { spill } = this.#parts;
    const pauseMs = this.#isBlocked() ? Infinity : this.#retryDelay.notBeforeMs - nowMs;
    if (pauseMs > 0) return Math.min(pauseMs, this.#untilSpillMs(nowMs));
    if (spill?.isOpen === true) return spill.isAwaitingWrite ? Infinity : 0;
    return this.#untilBatchMs(nowMs);
  }

  #isBlocked(): boolean {
    return this.#abandoned !== undefined && this.#abandoned.result === undefined;
  }

  #untilBatchMs(nowMs: number): number {
    const { queue, options, isFlushing } = this.#parts;
    if (queue.inFlight.length > 0 || queue.waitingBytes >= options.batchBytes) return 0;
    if (isFlushing() && queue.size > 0) return 0;
    queue.notifyAt(queue.size === 0 ? 1 : options.batchBytes);
    return queue.oldestMs + options.batchAgeMs - nowMs;
  }

  /** Time until entries should go to the spool, if nothing succeeds before; Infinity while nothing fails. */
  #untilSpillMs(nowMs: number): number {
    const { spill, queue, options } = this.#parts;
    const sinceMs = this.#failingSinceMs ?? this.#callStartedMs;
    if (spill === undefined || spill.isOpen || sinceMs === undefined) return Infinity;
    let dueMs = sinceMs + options.spoolAfterMs;
    if (queue.bytes * 2 > options.queueBytes) {
      dueMs = Math.min(dueMs, this.#failingSinceMs === undefined ? sinceMs + slowCallMs : nowMs);
    } else {
      queue.notifyAt(options.queueBytes / 2 - (queue.bytes - queue.waitingBytes) + 1);
    }
    return Math.max(dueMs, spill.diskRetryAtMs) - nowMs;
  }

  async #deliverNext(): Promise<void> {
    const { queue, spill, accounting, options } = this.#parts;
    if (spill?.isOpen === true) {
      const entries = await spill.peek(options.batchBytes);
      // The spool has just become empty: the next entries, from memory, have not failed yet.
      if (!spill.isOpen) this.#failingSinceMs = undefined;
      if (entries === undefined || this.#isStopped) return;
      return this.#attempt({ entries, settled: (refused) => spill.release(refused) });
    }
    const entries = queue.take(options.batchBytes);
    return this.#attempt({ entries, settled: (refused) => accounting.settledFromQueue(refused) });
  }

  async #attempt(batch: Batch): Promise<void> {
    const { destination, clock, accounting } = this.#parts;
    const startedMs = clock.monotonicMs();
    const call = startCall(destination, batch.entries, () => this.#waker.wake());
    this.#callStartedMs = startedMs;
    await this.#untilSettled(call);
    this.#callStartedMs = undefined;
    if (call.result === undefined) {
      this.#abandoned = call;
      call.abort();
      if (this.#isStopped) return;
    }
    const tookMs = clock.monotonicMs() - startedMs;
    const result = call.result ?? noAnswer(tookMs);
    accounting.attempted(result, tookMs, clock.wallMs());
    if (result.kind === "done") {
      this.#succeeded();
      await batch.settled(result.refused);
      return;
    }
    this.#failingSinceMs ??= startedMs;
    this.#retryDelay.failed(clock.monotonicMs(), result.afterMs);
    this.report(result.reason, result.detail);
  }

  /** Waits until a call has settled, or entries should go to the spool instead, or the loop is stopped. */
  async #untilSettled(call: DeliveryCall): Promise<void> {
    while (call.result === undefined && !this.#isStopped) {
      const waitMs = this.#untilSpillMs(this.#parts.clock.monotonicMs());
      if (waitMs <= 0) return;
      await this.#waker.wait(waitMs);
    }
  }

  #succeeded(): void {
    this.#failingSinceMs = undefined;
    this.#retryDelay.succeeded();
    if (this.#reportedReasons.size > 0) this.#parts.onRecovered();
    this.#reportedReasons.clear();
  }
}

interface Batch {
  readonly entries: readonly LogEntry[];
  /** The destination has settled all entries: all but `refused` are delivered. */
  readonly settled: (refused: SpoolLosses) => Promise<void> | void;
}

const noAnswer = (tookMs: number): DeliveryResult & { readonly kind: "retry" } => ({
  kind: "retry",
  reason: "timeout",
  detail: `no answer for ${Math.round(tookMs)} ms`,
});

/** A call that takes so long while the queue fills up counts as failing. */
const slowCallMs = 1000;
