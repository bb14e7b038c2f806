/** The way of entries through the spool while the other side is away. */
import type { LogEntry } from "../prediction-log/log-entry.ts";
import { Alarm, type Schedule } from "./alarm.ts";
import type { DeliveryLedger } from "./delivery-ledger.ts";
import type { DeliveryQueue } from "./delivery-queue.ts";
import type { Spool, SpooledBatch, SpoolLosses } from "./spool/spool-port.ts";

/** What {@link DiskDetour} is made of. */
export interface DiskDetourParts {
  readonly spool: Spool;
  readonly queue: DeliveryQueue;
  readonly ledger: DeliveryLedger;
  readonly schedule: Schedule;
  readonly nowMs: () => number;
  readonly batchBytes: number;
  readonly batchAgeMs: number;
  /** Whether what waits has to be moved at once. */
  readonly isHurried: () => boolean;
  /** Called when entries were moved, with what was lost of them or for them. */
  readonly onMoved: (lost: SpoolLosses) => void;
}

/**
 * While it is open, entries go from the queue to the spool, beginning with those held, and are delivered from there;
 * so their order stays. It closes by itself when the spool is empty, between two moves: what waits then is next in order.
 *
 * The loop that moves and the loop that delivers run beside one another; the spool allows it.
 */
export class DiskDetour {
  readonly #parts: DiskDetourParts;
  readonly #alarm: Alarm;
  #isOpen: boolean;
  #isStopped = false;
  #isMoving = false;
  /** The spool is empty for now, but a move is coming. */
  #isAwaitingMove = false;
  /** The spool could not be written: memory is better until then. */
  #unfitUntilMs = -Infinity;
  #peeked: SpooledBatch | undefined;

  constructor(parts: DiskDetourParts) {
    this.#parts = parts;
    this.#alarm = new Alarm(parts.schedule);
    this.#isOpen = parts.spool.entries > 0;
  }

  /** Whether entries go this way now. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether {@link peek} has to wait for entries that are being moved. */
  get isAwaitingMove(): boolean {
    return this.#isAwaitingMove;
  }

  /** When it may be opened again after the disk failed; long ago when it did not. */
  get unfitUntilMs(): number {
    return this.#unfitUntilMs;
  }

  /** From now on entries go this way. Not while a delivery of held entries is under way. */
  open(): void {
    this.#isOpen = true;
    this.#alarm.wake();
  }

  /** Looks again whether there is something to move. */
  wake(): void {
    this.#alarm.wake();
  }

  /** Moves until {@link stop}. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      const waitMs = this.#untilDueMs();
      if (waitMs > 0) await this.#alarm.wait(waitMs);
      else await this.#move();
    }
  }

  /** Ends {@link run} after the move that is under way. */
  stop(): void {
    this.#isStopped = true;
    this.#alarm.wake();
  }

  /** Moves all that is held or waits, after {@link run} has ended. */
  async moveRest(): Promise<void> {
    while (this.#parts.queue.size > 0) await this.#move();
  }

  /**
   * The next batch, which stays the same until {@link over} or {@link cut}. Undefined when there is none now: then either
   * the detour has closed, or {@link isAwaitingMove} says so, or it is asked again.
   */
  async peek(maxBytes: number): Promise<readonly LogEntry[] | undefined> {
    if (this.#peeked !== undefined) return this.#peeked.entries;
    const { spool, ledger } = this.#parts;
    const { batch, lost } = await spool.peek(maxBytes);
    ledger.spoolLost(lost);
    this.#peeked = batch;
    if (batch === undefined && spool.entries === 0) this.#ranDry();
    return batch?.entries;
  }

  /** The batch that was peeked was too much. */
  cut(): void {
    this.#peeked = undefined;
  }

  /** The batch that was peeked is over with. */
  async over(refused: SpoolLosses): Promise<void> {
    const batch = this.#peeked;
    if (batch === undefined) return;
    this.#peeked = undefined;
    this.#parts.ledger.spooledOver(batch.entries.length, refused);
    await this.#parts.spool.release(batch.position);
    this.#parts.ledger.measureSpool();
  }

  #ranDry(): void {
    const { ledger, queue } = this.#parts;
    this.#isAwaitingMove = this.#isMoving || queue.held.length > 0;
    if (this.#isAwaitingMove) return;
    // What the books still show is nowhere: a spool that miscounted must not leave them wrong for ever.
    if (ledger.spooled > 0) ledger.spoolLost(new Map([["spool_failed", ledger.spooled]]));
    this.#isOpen = false;
  }

  #untilDueMs(): number {
    const { queue, batchBytes, batchAgeMs, nowMs, isHurried } = this.#parts;
    if (!this.#isOpen) return Infinity;
    const pauseMs = this.#unfitUntilMs - nowMs();
    if (pauseMs > 0 && !isHurried()) return pauseMs;
    if (queue.held.length > 0 || queue.waitingBytes >= batchBytes) return 0;
    if (isHurried() && queue.size > 0) return 0;
    queue.alertAt(queue.size === 0 ? 1 : batchBytes);
    return queue.oldestMs + batchAgeMs - nowMs();
  }

  async #move(): Promise<void> {
    const { spool, queue, ledger, batchBytes, nowMs, onMoved } = this.#parts;
    this.#isMoving = true;
    const lost = await spool.append(queue.hold(batchBytes));
    ledger.moved(lost);
    if (lost.has("spool_failed")) this.#unfitUntilMs = nowMs() + unfitMs;
    this.#isMoving = false;
    this.#isAwaitingMove = false;
    onMoved(lost);
  }
}

/** How long a disk that failed is left alone. */
const unfitMs = 5000;
