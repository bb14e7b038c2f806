/** Moves entries from memory to the spool while the destination is unavailable, and delivers them from there. */
import type { LogEntry } from "../prediction-log/log-entry.ts";
import type { DeliveryAccounting } from "./delivery-accounting.ts";
import type { DeliveryQueue } from "./delivery-queue.ts";
import type { Spool, SpooledBatch, SpoolLosses } from "./spool/spool.ts";
import { Waker, type Schedule } from "./waker.ts";

/** Options of {@link SpillToDisk}. */
export interface SpillToDiskOptions {
  readonly spool: Spool;
  readonly queue: DeliveryQueue;
  readonly accounting: DeliveryAccounting;
  readonly schedule: Schedule;
  readonly nowMs: () => number;
  readonly batchBytes: number;
  readonly batchAgeMs: number;
  /** Whether waiting entries must be spilled at once, without waiting for a full batch. */
  readonly isFlushing: () => boolean;
  /** Called after each batch, with the entries that the spool lost or dropped. */
  readonly onSpilled: (lost: SpoolLosses) => void;
}

/**
 * While it is open, entries go from the queue to the spool, those in flight first, and are delivered from the spool: so
 * their order stays. It closes by itself once the spool is empty and no write is under way; then the queue is next in
 * order.
 *
 * The loop here that writes and the loop that delivers run at the same time, which the spool allows.
 */
export class SpillToDisk {
  readonly #options: SpillToDiskOptions;
  readonly #waker: Waker;
  #isOpen: boolean;
  #isStopped = false;
  #isWriting = false;
  /** The spool is empty, but a write is under way or about to begin. */
  #isAwaitingWrite = false;
  /** The last write failed: entries stay in memory until then. */
  #diskRetryAtMs = -Infinity;
  #peeked: SpooledBatch | undefined;

  constructor(options: SpillToDiskOptions) {
    this.#options = options;
    this.#waker = new Waker(options.schedule);
    this.#isOpen = options.spool.entries > 0;
  }

  /** Whether entries go through the spool now. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether {@link peek} found nothing only because a write has not finished. */
  get isAwaitingWrite(): boolean {
    return this.#isAwaitingWrite;
  }

  /** The earliest time to open again after a write failed, monotonic milliseconds; -Infinity when none failed. */
  get diskRetryAtMs(): number {
    return this.#diskRetryAtMs;
  }

  /** From now on entries go through the spool. Not allowed while in-flight entries of the queue are being delivered. */
  open(): void {
    this.#isOpen = true;
    this.#waker.wake();
  }

  /** Makes {@link run} check again whether there is anything to write. */
  wake(): void {
    this.#waker.wake();
  }

  /** Writes batches until {@link stop}. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      const waitMs = this.#untilNextMs();
      if (waitMs > 0) await this.#waker.wait(waitMs);
      else await this.#spillBatch();
    }
  }

  /** Ends {@link run} after the write under way. */
  stop(): void {
    this.#isStopped = true;
    this.#waker.wake();
  }

  /** Writes everything left in the queue. Only after {@link run} has ended. */
  async spillRest(): Promise<void> {
    while (this.#options.queue.size > 0) await this.#spillBatch();
  }

  /**
   * The oldest batch in the spool, the same one until {@link release}. Undefined when there is none now: the spill has
   * closed, or {@link isAwaitingWrite} is true, or the caller tries again.
   */
  async peek(maxBytes: number): Promise<readonly LogEntry[] | undefined> {
    if (this.#peeked !== undefined) return this.#peeked.entries;
    const { spool, accounting } = this.#options;
    const { batch, lost } = await spool.peek(maxBytes);
    accounting.spoolLost(lost);
    this.#peeked = batch;
    if (batch === undefined && spool.entries === 0) this.#closeWhenEmpty();
    return batch?.entries;
  }

  /** Removes the peeked batch: the destination has settled it and permanently refused `refused` of its entries. */
  async release(refused: SpoolLosses): Promise<void> {
    const batch = this.#peeked;
    if (batch === undefined) return;
    this.#peeked = undefined;
    this.#options.accounting.settledFromSpool(batch.entries.length, refused);
    await this.#options.spool.release(batch.position);
    this.#options.accounting.spoolChanged();
  }

  #closeWhenEmpty(): void {
    const { accounting, queue } = this.#options;
    this.#isAwaitingWrite = this.#isWriting || queue.inFlight.length > 0;
    if (this.#isAwaitingWrite) return;
    // A spool that miscounted must not leave the counters wrong permanently.
    if (accounting.spooled > 0) accounting.spoolLost(new Map([["spool_failed", accounting.spooled]]));
    this.#isOpen = false;
  }

  #untilNextMs(): number {
    const { queue, batchBytes, batchAgeMs, nowMs, isFlushing } = this.#options;
    if (!this.#isOpen) return Infinity;
    const pauseMs = this.#diskRetryAtMs - nowMs();
    if (pauseMs > 0 && !isFlushing()) return pauseMs;
    if (queue.inFlight.length > 0 || queue.waitingBytes >= batchBytes) return 0;
    if (isFlushing() && queue.size > 0) return 0;
    queue.notifyAt(queue.size === 0 ? 1 : batchBytes);
    return queue.oldestMs + batchAgeMs - nowMs();
  }

  async #spillBatch(): Promise<void> {
    const { spool, queue, accounting, batchBytes, nowMs, onSpilled } = this.#options;
    this.#isWriting = true;
    const lost = await spool.append(queue.take(batchBytes));
    accounting.spilled(lost);
    if (lost.has("spool_failed")) this.#diskRetryAtMs = nowMs() + diskRetryMs;
    this.#isWriting = false;
    this.#isAwaitingWrite = false;
    onSpilled(lost);
  }
}

/** Pause after a write that failed. */
const diskRetryMs = 5000;
