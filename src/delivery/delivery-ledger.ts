/** The books of one sink. */
import type { DeliveryCounters } from "../prediction-log/delivery-counters.ts";
import type { DeliveryResult } from "../prediction-log/destination.ts";
import type { DeliveryQueue } from "./delivery-queue.ts";
import type { Spool, SpoolLosses } from "./spool/spool-port.ts";

/** What {@link DeliveryLedger} writes about. */
export interface DeliveryLedgerParts {
  readonly counters: DeliveryCounters;
  readonly queue: DeliveryQueue;
  readonly spool: Spool | undefined;
}

/**
 * Keeps the counters so that their identity (see {@link DeliveryCounters}) holds at every moment: each method writes
 * down one event whole, and takes entries out of the queue where the event does.
 */
export class DeliveryLedger {
  readonly #counters: DeliveryCounters;
  readonly #queue: DeliveryQueue;
  readonly #spool: Spool | undefined;
  #isClosed = false;

  constructor({ counters, queue, spool }: DeliveryLedgerParts) {
    this.#counters = counters;
    this.#queue = queue;
    this.#spool = spool;
    const recovered = spool?.entries ?? 0;
    counters.recoveredTotal += recovered;
    counters.spooledEntries += recovered;
    this.#measure();
  }

  /** Entries that came in so far. */
  get entered(): number {
    return this.#counters.acceptedTotal + this.#counters.recoveredTotal;
  }

  /** Entries of them that are neither in the queue nor in the spool any more. */
  get left(): number {
    return this.entered - this.#counters.queuedEntries - this.#counters.spooledEntries;
  }

  /** Entries that the spool has. */
  get spooled(): number {
    return this.#counters.spooledEntries;
  }

  /** One was offered, and `dropped` had to go. */
  offered(dropped: number): void {
    this.#counters.acceptedTotal++;
    this.#counters.dropped.queue_full += dropped;
    this.#measureQueue();
  }

  /** One was offered after the end. */
  offeredLate(): void {
    this.#counters.acceptedTotal++;
    this.#counters.dropped.stopped++;
  }

  /** The first `count` that are held are over with. */
  queuedOver(count: number, refused: SpoolLosses): void {
    if (this.#isClosed) return;
    this.#queue.letGo(count);
    this.#over(count, refused);
    this.#measureQueue();
  }

  /** All that are held were given to the spool. */
  moved(lost: SpoolLosses): void {
    if (this.#isClosed) return;
    const count = this.#queue.held.length;
    const failed = lost.get("spool_failed") ?? 0;
    this.#queue.letGo(count);
    this.#counters.spooledTotal += count - Math.min(failed, count);
    this.#counters.spooledEntries += count - this.#drop(lost);
    this.#measureQueue();
    this.#measure();
  }

  /** What the spool says that it has lost. */
  spoolLost(lost: SpoolLosses): void {
    if (this.#isClosed) return;
    this.#counters.spooledEntries -= this.#drop(lost);
    this.#measure();
  }

  /** The oldest `count` of the spool are over with. */
  spooledOver(count: number, refused: SpoolLosses): void {
    if (this.#isClosed) return;
    this.#counters.spooledEntries -= count;
    this.#over(count, refused);
  }

  /** How big the files of the spool are now. */
  measureSpool(): void {
    if (!this.#isClosed) this.#measure();
  }

  /** What an attempt that took `ms` came to, apart from its entries. */
  attempted(result: DeliveryResult, ms: number, wallMs: number): void {
    if (this.#isClosed) return;
    const { retried, duration } = this.#counters;
    if (result.kind === "done") this.#counters.lastSuccessMs = wallMs;
    else retried[result.reason]++;
    if (result.kind === "done" || !withoutAnswer.has(result.reason))
      duration.observe(Math.max(0, Math.round(ms * 1000)));
  }

  /** The end: what is still in the queue is given up, and what is heard of it later is not written down. */
  close(): void {
    if (this.#isClosed) return;
    this.#measure();
    this.#counters.dropped.stopped += this.#queue.size;
    this.#queue.clear();
    this.#measureQueue();
    this.#isClosed = true;
  }

  #over(count: number, refused: SpoolLosses): void {
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

  #measure(): void {
    if (this.#spool === undefined) return;
    this.#counters.spooledBytes = this.#spool.bytes;
    this.#counters.spoolDamagedTotal = this.#spool.damagedTotal;
  }
}

const withoutAnswer: ReadonlySet<string> = new Set(["connection", "timeout"]);
