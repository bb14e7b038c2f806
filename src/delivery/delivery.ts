/** Delivers the entries of one sink: in order, in batches, with retries, and through the spool while the destination is away. */
import type { Clock } from "../clock.ts";
import type { DeliveryCounters } from "../prediction-log/delivery-counters.ts";
import type { Destination } from "../prediction-log/destination.ts";
import type { EntrySink, LogEntry } from "../prediction-log/log-entry.ts";
import { DeliveryAccounting } from "./delivery-accounting.ts";
import { DeliveryLoop } from "./delivery-loop.ts";
import type { DeliveryOptions } from "./delivery-options.ts";
import { DeliveryQueue } from "./delivery-queue.ts";
import { SpillToDisk } from "./spill-to-disk.ts";
import type { Spool, SpoolLosses } from "./spool/spool.ts";
import { systemSchedule, withinLimit, type Schedule } from "./waker.ts";

/** Parts and options of {@link createDelivery}. */
export interface DeliveryParts {
  readonly destination: Destination;
  /** Without a spool entries wait in memory alone. */
  readonly spool?: Spool | undefined;
  readonly counters: DeliveryCounters;
  readonly clock: Clock;
  /** A number from 0 to below 1, for the jitter of retries. */
  readonly random: () => number;
  /** Default: the event loop's timers. */
  readonly schedule?: Schedule;
  /** Called when deliveries begin to fail, and once for each further reason until one succeeds. `detail` is a clause. */
  readonly onTrouble: (detail: string) => void;
  /** Called at the first success after a trouble. */
  readonly onRecovered: () => void;
  readonly options: DeliveryOptions;
}

/** Takes entries and delivers them in the background until it is stopped. */
export interface Delivery extends EntrySink {
  /**
   * Delivers without waiting for batches to fill. Resolves when all entries offered before have left memory and spool,
   * after `limitMs` at the latest.
   */
  flush(limitMs: number): Promise<void>;
  /**
   * Flushes, then writes what is left to the spool, or drops it as `stopped` without one. With a spool, a quarter of the
   * limit, at most two seconds, is reserved for that write. Closes destination and spool. Resolves after `limitMs` at
   * the latest, up to three seconds later when the disk hangs. Every call returns the same promise; a further call with
   * 0 ends the flushing.
   */
  stop(limitMs: number): Promise<void>;
}

/**
 * Starts a delivery. While nothing fails, entries are in memory only. `offer` costs about 0.1 µs and never waits: a full
 * queue drops its oldest entries that are not in flight. Entries that an earlier process left in the spool go first.
 */
export function createDelivery(parts: DeliveryParts): Delivery {
  const running = new RunningDelivery(parts);
  running.start();
  return running;
}

class RunningDelivery implements Delivery {
  readonly #parts: DeliveryParts;
  readonly #schedule: Schedule;
  readonly #queue: DeliveryQueue;
  readonly #accounting: DeliveryAccounting;
  readonly #spill: SpillToDisk | undefined;
  readonly #loop: DeliveryLoop;
  readonly #flushes = new Set<{ readonly target: number; readonly resolve: () => void }>();
  #running: Promise<unknown> = Promise.resolve();
  #stopping: Promise<void> | undefined;
  readonly #flushingEnds = Promise.withResolvers<void>();
  #isEnded = false;

  constructor(parts: DeliveryParts) {
    const { destination, spool, counters, clock, schedule = systemSchedule, options } = parts;
    const batchBytes = Math.min(options.batchBytes, Math.ceil(options.queueBytes / 4));
    const nowMs = (): number => clock.monotonicMs();
    const isFlushing = (): boolean => this.#flushes.size > 0;
    this.#parts = parts;
    this.#schedule = schedule;
    this.#queue = new DeliveryQueue({ maxBytes: options.queueBytes, onLevel: () => this.#wake() });
    this.#accounting = new DeliveryAccounting({ counters, queue: this.#queue, spool });
    const shared = { queue: this.#queue, accounting: this.#accounting, schedule, isFlushing };
    const onSpilled = (lost: SpoolLosses): void => {
      if (lost.has("spool_failed"))
        this.#loop.report("spool_failed", "the spool cannot be written: its entries were dropped");
      if (lost.has("spool_full")) this.#loop.report("spool_full", "the spool is full: its oldest entries are dropped");
      this.#loop.wake();
      this.#endFlushes();
    };
    this.#spill =
      spool && new SpillToDisk({ ...shared, spool, nowMs, batchBytes, batchAgeMs: options.batchAgeMs, onSpilled });
    this.#loop = new DeliveryLoop({
      ...parts,
      ...shared,
      destination,
      spill: this.#spill,
      options: { ...options, batchBytes },
      onStep: () => this.#endFlushes(),
    });
  }

  start(): void {
    // Neither rejects unless a port breaks its contract, which must not end the process.
    this.#running = Promise.all([this.#loop.run(), this.#spill?.run()]).catch((error: unknown) =>
      this.#parts.onTrouble(`delivery stopped after an unexpected error: ${String(error)}`),
    );
  }

  offer(entry: LogEntry): void {
    if (this.#isEnded) this.#accounting.offeredAfterStop();
    else this.#accounting.offered(this.#queue.push(entry, this.#parts.clock.monotonicMs()));
  }

  async flush(limitMs: number): Promise<void> {
    const target = this.#accounting.entered;
    if (this.#accounting.finished >= target) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const flush = { target, resolve };
    this.#flushes.add(flush);
    this.#wake();
    await withinLimit(promise, limitMs, this.#schedule);
    this.#flushes.delete(flush);
  }

  stop(limitMs: number): Promise<void> {
    if (this.#stopping !== undefined && limitMs === 0) this.#flushingEnds.resolve();
    this.#stopping ??= this.#stop(limitMs);
    return this.#stopping;
  }

  async #stop(limitMs: number): Promise<void> {
    const { destination, spool, clock } = this.#parts;
    const startedMs = clock.monotonicMs();
    const reservedMs = spool === undefined ? 0 : Math.min(limitMs / 4, spillMs);
    this.#loop.skipBackoff();
    await Promise.race([this.flush(limitMs - reservedMs), this.#flushingEnds.promise]);
    this.#loop.stop();
    this.#spill?.stop();
    const leftMs = limitMs - (clock.monotonicMs() - startedMs);
    await withinLimit(this.#spillRest(), Math.max(leftMs, spillMs), this.#schedule);
    this.#accounting.close();
    this.#isEnded = true;
    this.#endFlushes();
    await withinLimit(close(destination, spool), closingMs, this.#schedule);
  }

  async #spillRest(): Promise<void> {
    await this.#running;
    await this.#spill?.spillRest();
  }

  #wake(): void {
    this.#loop.wake();
    this.#spill?.wake();
  }

  #endFlushes(): void {
    for (const { target, resolve } of this.#flushes) {
      if (this.#isEnded || this.#accounting.finished >= target) resolve();
    }
  }
}

async function close(destination: Destination, spool: Spool | undefined): Promise<void> {
  await Promise.allSettled([destination.close(), spool?.close()]);
}

/** Time for the last write to the spool, even when the limit of `stop` is shorter. */
const spillMs = 2000;
const closingMs = 1000;
