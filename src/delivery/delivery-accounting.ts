/** Accounting of one sink: every entry is counted exactly once, whatever becomes of it. */
import type { DeliveryCounters } from "../prediction-log/delivery-counters.ts";
import type { DeliveryResult } from "../prediction-log/destination.ts";
import type { DeliveryQueue } from "./delivery-queue.ts";
import type { Spool, SpoolLosses } from "./spool/spool.ts";

/** Options of {@link DeliveryAccounting}. */
export interface DeliveryAccountingOptions {
  readonly counters: DeliveryCounters;
  readonly queue: DeliveryQueue;
  readonly spool: Spool | undefined;
}

/**
 * Keeps the equation of {@link DeliveryCounters} true at every moment: each method records one event whole, and removes
 * entries from the queue where the event does.
 */
export class DeliveryAccounting {
  readonly #counters: DeliveryCounters;
  readonly #queue: DeliveryQueue;
  readonly #spool: Spool | undefined;
  #isClosed = false;

  constructor({ counters, queue, spool }: DeliveryAccountingOptions) {
    this.#counters = counters;
    this.#queue = queue;
    this.#spool = spool;
    const recovered = spool?.entries ?? 0;
    counters.recoveredTotal += recovered;
    counters.spooledEntries += recovered;
    this.#measureSpool();
  }

  /** Entries received so far, including those recovered from the spool. */
  get entered(): number {
    return this.#counters.acceptedTotal + this.#counters.recoveredTotal;
  }

  /** Entries among {@link entered} that are sent or dropped. */
  get finished(): number {
    return this.entered - this.#counters.queuedEntries - this.#counters.spooledEntries;
  }

  /** Entries in the spool by this accounting. */
  get spooled(): number {
    return this.#counters.spooledEntries;
  }

  /** One entry was offered, and the full queue dropped `dropped` entries for it. */
  offered(dropped: number): void {
    this.#counters.acceptedTotal++;
    this.#counters.dropped.queue_full += dropped;
    this.#measureQueue();
  }

  /** One entry was offered after the end and is dropped. */
  offeredAfterStop(): void {
    this.#counters.acceptedTotal++;
    this.#counters.dropped.stopped++;
  }

  /** The destination has settled all in-flight entries of the queue: all but `refused` are delivered. */
  settledFromQueue(refused: SpoolLosses): void {
    if (this.#isClosed) return;
    const count = this.#queue.inFlight.length;
    this.#queue.release();
    this.#settle(count, refused);
    this.#measureQueue();
  }

  /** All in-flight entries of the queue were written to the spool, apart from `lost`. */
  spilled(lost: SpoolLosses): void {
    if (this.#isClosed) return;
    const count = this.#queue.inFlight.length;
    const failed = lost.get("spool_failed") ?? 0;
    this.#queue.release();
    this.#counters.spooledTotal += count - Math.min(failed, count);
    this.#counters.spooledEntries += count - this.#drop(lost);
    this.#measureQueue();
    this.#measureSpool();
  }

  /** The spool reports entries that it has lost. */
  spoolLost(lost: SpoolLosses): void {
    if (this.#isClosed) return;
    this.#counters.spooledEntries -= this.#drop(lost);
    this.#measureSpool();
  }

  /** The destination has settled the oldest `count` entries of the spool: all but `refused` are delivered. */
  settledFromSpool(count: number, refused: SpoolLosses): void {
    if (this.#isClosed) return;
    this.#counters.spooledEntries -= count;
    this.#settle(count, refused);
  }

  /** The files of the spool may have changed in size. */
  spoolChanged(): void {
    if (!this.#isClosed) this.#measureSpool();
  }

  /** An attempt ended after `ms`. Its entries are counted by the other methods. */
  attempted(result: DeliveryResult, ms: number, wallMs: number): void {
    if (this.#isClosed) return;
    const { retried, duration } = this.#counters;
    if (result.kind === "done") this.#counters.lastSuccessMs = wallMs;
    else retried[result.reason]++;
    if (result.kind === "done" || !withoutAnswer.has(result.reason))
      duration.observe(Math.max(0, Math.round(ms * 1000)));
  }

  /** Ends the accounting: counts the entries still in the queue as dropped. Events that are reported later are ignored. */
  close(): void {
    if (this.#isClosed) return;
    this.#measureSpool();
    this.#counters.dropped.stopped += this.#queue.size;
    this.#queue.clear();
    this.#measureQueue();
    this.#isClosed = true;
  }

  #settle(count: number, refused: SpoolLosses): void {
    this.#counters.sentTotal += count - this.#drop(refused);
  }

  #drop(losses: SpoolLosses): number {
    let total = 0;
    for (const [reason, count] of losses) {
      this.#counters.dropped[reason] += count;
      total += count;
    }
    return total;
  }

  #measureQueue(): void {
    this.#counters.queuedEntries = this.#queue.size;
    this.#counters.queuedBytes = this.#queue.bytes;
  }

  #measureSpool(): void {
    if (this.#spool === undefined) return;
    this.#counters.spooledBytes = this.#spool.bytes;
    this.#counters.spoolDamagedTotal = this.#spool.damagedTotal;
  }
}

const withoutAnswer: ReadonlySet<string> = new Set(["connection", "timeout"]);
