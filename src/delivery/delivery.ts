/** Brings the entries of one sink to where they go: in order, in batches, again when it fails, over the disk when it goes on failing. */
import type { Clock } from "../clock.ts";
import type { DeliveryCounters } from "../prediction-log/delivery-counters.ts";
import type { Destination } from "../prediction-log/destination.ts";
import type { EntrySink, LogEntry } from "../prediction-log/log-entry.ts";
import { systemSchedule, withinLimit, type Schedule } from "./alarm.ts";
import { DeliveryLedger } from "./delivery-ledger.ts";
import { DeliveryLoop } from "./delivery-loop.ts";
import { DeliveryQueue } from "./delivery-queue.ts";
import { DiskDetour } from "./disk-detour.ts";
import type { Spool, SpoolLosses } from "./spool/spool-port.ts";

/** Bounds and times of a delivery. */
export interface DeliveryOptions {
  /** Most that the queue in memory may take, what is on its way included. */
  readonly queueBytes: number;
  /** A batch takes at most this, or is one entry. More than a quarter of the queue counts as a quarter. */
  readonly batchBytes: number;
  /** An entry waits at most so long for others before it is delivered or moved to the spool. */
  readonly batchAgeMs: number;
  /** Longest wait after the first failure; it doubles with each further one, up to `retryMaxMs`. */
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** After so long without success entries go to the spool; at once when the queue is more than half full by then. */
  readonly spoolAfterMs: number;
}

/** What {@link createDelivery} puts together. */
export interface DeliveryParts {
  readonly destination: Destination;
  /** Without it entries wait in memory alone. */
  readonly spool?: Spool | undefined;
  readonly counters: DeliveryCounters;
  readonly clock: Clock;
  /** A number from 0 to below 1, for the jitter. */
  readonly random: () => number;
  /** The event loop's timers when left out. */
  readonly schedule?: Schedule;
  /** Told when deliveries begin to fail, and again for each further reason until one goes well. `detail` is a clause. */
  readonly onTrouble: (detail: string) => void;
  /** Told at the first success after a trouble. */
  readonly onRecovered: () => void;
  readonly options: DeliveryOptions;
}

/** Takes entries and delivers them in the background until it is stopped. */
export interface Delivery extends EntrySink {
  /**
   * Does not wait for batches to fill. Resolves when all that was offered before has left memory and spool, at the latest
   * after `limitMs`.
   */
  flush(limitMs: number): Promise<void>;
  /**
   * Flushes; what is left then goes to the spool, or is dropped as `stopped` when there is none. With a spool the last
   * quarter of the limit, at most two seconds, is kept for that. Closes destination and spool. Resolves when `limitMs`
   * are over at the latest, or up to three seconds later when the disk hangs; every call gives the same promise. A
   * further call with 0 ends the time for flushing.
   */
  stop(limitMs: number): Promise<void>;
}

/**
 * Starts a delivery. While all goes well entries are in memory only. `offer` costs about 0.1 µs: it never waits, and what
 * finds no room pushes out the oldest that are not on their way. What an earlier process left in the spool goes first.
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
  readonly #ledger: DeliveryLedger;
  readonly #detour: DiskDetour | undefined;
  readonly #loop: DeliveryLoop;
  readonly #flushes = new Set<{ readonly target: number; readonly resolve: () => void }>();
  #running: Promise<unknown> = Promise.resolve();
  #stopping: Promise<void> | undefined;
  readonly #isUrgent = Promise.withResolvers<void>();
  #isEnded = false;

  constructor(parts: DeliveryParts) {
    const { destination, spool, counters, clock, schedule = systemSchedule, options } = parts;
    const batchBytes = Math.min(options.batchBytes, Math.ceil(options.queueBytes / 4));
    const nowMs = (): number => clock.monotonicMs();
    const isHurried = (): boolean => this.#flushes.size > 0;
    this.#parts = parts;
    this.#schedule = schedule;
    this.#queue = new DeliveryQueue({ maxBytes: options.queueBytes, onAlert: () => this.#wake() });
    this.#ledger = new DeliveryLedger({ counters, queue: this.#queue, spool });
    const shared = { queue: this.#queue, ledger: this.#ledger, schedule, isHurried };
    const onMoved = (lost: SpoolLosses): void => {
      if (lost.has("spool_failed")) this.#loop.tell("spool_failed", "the spool could not be written");
      if (lost.has("spool_full")) this.#loop.tell("spool_full", "the spool is full: the oldest are dropped");
      this.#loop.wake();
      this.#endFlushes();
    };
    this.#detour =
      spool && new DiskDetour({ ...shared, spool, nowMs, batchBytes, batchAgeMs: options.batchAgeMs, onMoved });
    this.#loop = new DeliveryLoop({
      ...parts,
      ...shared,
      destination,
      detour: this.#detour,
      options: { ...options, batchBytes },
      onStep: () => this.#endFlushes(),
    });
  }

  start(): void {
    // Neither ever fails, unless a port breaks its promise: that must not end the process.
    this.#running = Promise.all([this.#loop.run(), this.#detour?.run()]).catch((error: unknown) =>
      this.#parts.onTrouble(`nothing is delivered any more, unexpectedly: ${String(error)}`),
    );
  }

  offer(entry: LogEntry): void {
    if (this.#isEnded) this.#ledger.offeredLate();
    else this.#ledger.offered(this.#queue.push(entry, this.#parts.clock.monotonicMs()));
  }

  async flush(limitMs: number): Promise<void> {
    const target = this.#ledger.entered;
    if (this.#ledger.left >= target) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const flush = { target, resolve };
    this.#flushes.add(flush);
    this.#wake();
    await withinLimit(promise, limitMs, this.#schedule);
    this.#flushes.delete(flush);
  }

  stop(limitMs: number): Promise<void> {
    if (this.#stopping !== undefined && limitMs === 0) this.#isUrgent.resolve();
    this.#stopping ??= this.#stop(limitMs);
    return this.#stopping;
  }

  async #stop(limitMs: number): Promise<void> {
    const { destination, spool, clock } = this.#parts;
    const startedMs = clock.monotonicMs();
    const reservedMs = spool === undefined ? 0 : Math.min(limitMs / 4, storingMs);
    this.#loop.hurry();
    await Promise.race([this.flush(limitMs - reservedMs), this.#isUrgent.promise]);
    this.#loop.stop();
    this.#detour?.stop();
    const leftMs = limitMs - (clock.monotonicMs() - startedMs);
    await withinLimit(this.#storeRest(), Math.max(leftMs, storingMs), this.#schedule);
    this.#ledger.close();
    this.#isEnded = true;
    this.#endFlushes();
    await withinLimit(close(destination, spool), closingMs, this.#schedule);
  }

  async #storeRest(): Promise<void> {
    await this.#running;
    await this.#detour?.moveRest();
  }

  #wake(): void {
    this.#loop.wake();
    this.#detour?.wake();
  }

  #endFlushes(): void {
    for (const { target, resolve } of this.#flushes) {
      if (this.#isEnded || this.#ledger.left >= target) resolve();
    }
  }
}

async function close(destination: Destination, spool: Spool | undefined): Promise<void> {
  await Promise.allSettled([destination.close(), spool?.close()]);
}

/** What the disk gets at the end to take what is left, even when the limit was shorter. */
const storingMs = 2000;
const closingMs = 1000;
