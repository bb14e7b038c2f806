/** The loop that takes batch after batch and delivers each, from memory or from the spool. */
import type { Clock } from "../clock.ts";
import type { DeliveryResult, Destination, EntryDropReason, RetryReason } from "../prediction-log/destination.ts";
import type { LogEntry } from "../prediction-log/log-entry.ts";
import { Alarm, type Schedule } from "./alarm.ts";
import { BatchLimit } from "./batch-limit.ts";
import type { DeliveryLedger } from "./delivery-ledger.ts";
import type { DeliveryQueue } from "./delivery-queue.ts";
import type { DiskDetour } from "./disk-detour.ts";
import { startFlight, type Flight } from "./flight.ts";
import { RetryPace } from "./retry-pace.ts";
import type { SpoolLosses } from "./spool/spool-port.ts";

/** What {@link DeliveryLoop} is made of. */
export interface DeliveryLoopParts {
  readonly destination: Destination;
  readonly queue: DeliveryQueue;
  readonly ledger: DeliveryLedger;
  readonly detour: DiskDetour | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly schedule: Schedule;
  readonly onTrouble: (detail: string) => void;
  readonly onRecovered: () => void;
  readonly options: {
    readonly queueBytes: number;
    readonly batchBytes: number;
    readonly batchAgeMs: number;
    readonly retryFirstMs: number;
    readonly retryMaxMs: number;
    readonly spoolAfterMs: number;
  };
  /** Whether what waits has to be delivered at once. */
  readonly isHurried: () => boolean;
  /** Called after each turn of the loop. */
  readonly onStep: () => void;
}

/**
 * One delivery at a time. A batch that failed is delivered again with the very same entries, until it passes or the
 * detour over the disk takes it over.
 */
export class DeliveryLoop {
  readonly #parts: DeliveryLoopParts;
  readonly #alarm: Alarm;
  readonly #pace: RetryPace;
  readonly #limit: BatchLimit;
  readonly #toldReasons = new Set<string>();
  #isStopped = false;
  /** Start of the first attempt since the last success. */
  #failingSinceMs: number | undefined;
  #flightStartedMs: number | undefined;
  /** One that was given up and may still be under way: the next has to wait for its end. */
  #straggler: Flight | undefined;

  constructor(parts: DeliveryLoopParts) {
    const { options, random, schedule } = parts;
    this.#parts = parts;
    this.#alarm = new Alarm(schedule);
    this.#pace = new RetryPace({ firstMs: options.retryFirstMs, maxMs: options.retryMaxMs, random });
    this.#limit = new BatchLimit(options.batchBytes);
  }

  /** Looks again whether there is something to do. */
  wake(): void {
    this.#alarm.wake();
  }

  /** The end is near: does not sit out a back-off, unless the other side asked for the wait. */
  hurry(): void {
    this.#pace.hurry();
    this.#alarm.wake();
  }

  /** Ends {@link run}; a delivery that is under way is given up, its entries stay where they are. */
  stop(): void {
    this.#isStopped = true;
    this.#alarm.wake();
  }

  /** Tells of a trouble, once for each reason until a delivery goes well. */
  tell(reason: RetryReason | EntryDropReason, detail: string): void {
    if (this.#toldReasons.has(reason)) return;
    this.#toldReasons.add(reason);
    this.#parts.onTrouble(detail);
  }

  /** Delivers until {@link stop}. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      const nowMs = this.#parts.clock.monotonicMs();
      if (this.#untilDetourMs(nowMs) <= 0) this.#parts.detour?.open();
      const waitMs = this.#untilDueMs(nowMs);
      if (waitMs > 0) await this.#alarm.wait(waitMs);
      else await this.#deliverNext();
      this.#parts.onStep();
    }
  }

  #untilDueMs(nowMs: number): number {
    const { detour } = this.#parts;
    const pauseMs = this.#isBlocked() ? Infinity : this.#pace.notBeforeMs - nowMs;
    if (pauseMs > 0) return Math.min(pauseMs, this.#untilDetourMs(nowMs));
    if (detour?.isOpen === true) return detour.isAwaitingMove ? Infinity : 0;
    return this.#untilBatchMs(nowMs);
  }

  #isBlocked(): boolean {
    return this.#straggler !== undefined && this.#straggler.result === undefined;
  }

  #untilBatchMs(nowMs: number): number {
    const { queue, options, isHurried } = this.#parts;
    if (queue.held.length > 0 || queue.waitingBytes >= this.#limit.bytes) return 0;
    if (isHurried() && queue.size > 0) return 0;
    queue.alertAt(queue.size === 0 ? 1 : this.#limit.bytes);
    return queue.oldestMs + options.batchAgeMs - nowMs;
  }

  /** Time until entries should go over the disk, as things stand; Infinity while all is well. */
  #untilDetourMs(nowMs: number): number {
    const { detour, queue, options } = this.#parts;
    const sinceMs = this.#failingSinceMs ?? this.#flightStartedMs;
    if (detour === undefined || detour.isOpen || sinceMs === undefined) return Infinity;
    let dueMs = sinceMs + options.spoolAfterMs;
    if (queue.bytes * 2 > options.queueBytes) {
      dueMs = Math.min(dueMs, this.#failingSinceMs === undefined ? sinceMs + slowMs : nowMs);
    } else {
      queue.alertAt(options.queueBytes / 2 - (queue.bytes - queue.waitingBytes) + 1);
    }
    return Math.max(dueMs, detour.unfitUntilMs) - nowMs;
  }

  async #deliverNext(): Promise<void> {
    const { queue, detour, ledger } = this.#parts;
    if (detour?.isOpen === true) {
      const entries = await detour.peek(this.#limit.bytes);
      // Whatever is delivered next, past what the disk had, has not failed yet.
      if (!detour.isOpen) this.#failingSinceMs = undefined;
      if (entries === undefined || this.#isStopped) return;
      return this.#attempt({ entries, over: (refused) => detour.over(refused), cut: () => detour.cut() });
    }
    const entries = this.#limit.firstOf(queue.hold(this.#limit.bytes));
    return this.#attempt({ entries, over: (refused) => ledger.queuedOver(entries.length, refused), cut: () => {} });
  }

  async #attempt(batch: Batch): Promise<void> {
    const { destination, clock, ledger } = this.#parts;
    const startedMs = clock.monotonicMs();
    const flight = startFlight(destination, batch.entries, () => this.#alarm.wake());
    this.#flightStartedMs = startedMs;
    await this.#landing(flight);
    this.#flightStartedMs = undefined;
    if (flight.result === undefined) {
      this.#straggler = flight;
      flight.abort();
      if (this.#isStopped) return;
    }
    const tookMs = clock.monotonicMs() - startedMs;
    const result = flight.result ?? noAnswer(tookMs);
    ledger.attempted(result, tookMs, clock.wallMs());
    if (result.kind !== "done") this.#failingSinceMs ??= startedMs;
    await this.#conclude(batch, result);
  }

  /** Waits until a flight has landed, or there are better ways, or there is no time left. */
  async #landing(flight: Flight): Promise<void> {
    while (flight.result === undefined && !this.#isStopped) {
      const waitMs = this.#untilDetourMs(this.#parts.clock.monotonicMs());
      if (waitMs <= 0) return;
      await this.#alarm.wait(waitMs);
    }
  }

  async #conclude(batch: Batch, result: DeliveryResult): Promise<void> {
    const nowMs = this.#parts.clock.monotonicMs();
    switch (result.kind) {
      case "done":
        this.#succeeded();
        return batch.over(result.refused);
      case "retry":
        this.#pace.failed(nowMs, result.afterMs);
        return this.tell(result.reason, result.detail);
      case "split":
        this.#pace.postpone(nowMs, result.afterMs);
        if (batch.entries.length === 1) {
          this.#failingSinceMs = undefined;
          return batch.over(new Map([["too_large", 1]]));
        }
        this.#limit.halve(batch.entries);
        return batch.cut();
    }
  }

  #succeeded(): void {
    this.#failingSinceMs = undefined;
    this.#pace.succeeded();
    this.#limit.grow();
    if (this.#toldReasons.size > 0) this.#parts.onRecovered();
    this.#toldReasons.clear();
  }
}

interface Batch {
  readonly entries: readonly LogEntry[];
  readonly over: (refused: SpoolLosses) => Promise<void> | void;
  /** The next batch is smaller. */
  readonly cut: () => void;
}

const noAnswer = (tookMs: number): DeliveryResult => ({
  kind: "retry",
  reason: "timeout",
  detail: `no answer for ${Math.round(tookMs)} ms`,
});

/** A delivery that takes so long while the queue fills up counts as failing. */
const slowMs = 1000;
