/** The queue of a sink in memory, bounded in bytes. */
import type { LogEntry } from "../prediction-log/log-entry.ts";

/** Options of {@link DeliveryQueue}. */
export interface DeliveryQueueOptions {
  /** Upper bound of all entries together by {@link LogEntry.bytes}, those in flight included. */
  readonly maxBytes: number;
  /** Called by {@link DeliveryQueue.push} when the waiting entries reach the level set by {@link DeliveryQueue.notifyAt}. */
  readonly onLevel: () => void;
}

/**
 * First in, first out, bounded in bytes. Entries are *in flight* from {@link take} to {@link release}: they count towards
 * the bound and are never dropped. When the queue is full, a new entry drops the oldest waiting ones.
 *
 * A ring buffer that doubles when it is full: 16 bytes an entry, plus the entry itself.
 */
export class DeliveryQueue {
  readonly #options: DeliveryQueueOptions;
  #entries: (LogEntry | undefined)[] = Array.from({ length: firstCapacity });
  /** When each was pushed. */
  #pushedMs = new Float64Array(firstCapacity);
  #head = 0;
  #waiting = 0;
  #waitingBytes = 0;
  #inFlight: readonly LogEntry[] = [];
  #inFlightBytes = 0;
  #levelBytes = Infinity;

  constructor(options: DeliveryQueueOptions) {
    this.#options = options;
  }

  /** Number of entries, those in flight included. */
  get size(): number {
    return this.#waiting + this.#inFlight.length;
  }

  /** Bytes of all entries, those in flight included. */
  get bytes(): number {
    return this.#waitingBytes + this.#inFlightBytes;
  }

  /** Bytes of the waiting entries: those not in flight. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** The entries in flight, the oldest of all; empty when none are. */
  get inFlight(): readonly LogEntry[] {
    return this.#inFlight;
  }

  /** Time at which the oldest waiting entry was pushed; Infinity when none waits. */
  get oldestMs(): number {
    return this.#waiting === 0 ? Infinity : this.#pushedMs[this.#head]!;
  }

  /**
   * Adds an entry and returns how many were dropped: the oldest waiting ones, or the new entry itself when it does not
   * fit together with those in flight. Costs about 20 ns.
   */
  push(entry: LogEntry, nowMs: number): number {
    const roomBytes = this.#options.maxBytes - this.#inFlightBytes - entry.bytes;
    if (roomBytes < 0) return 1;
    let dropped = 0;
    while (this.#waitingBytes > roomBytes) {
      this.#shift();
      dropped++;
    }
    if (this.#waiting === this.#entries.length) this.#grow();
    const tail = (this.#head + this.#waiting) & (this.#entries.length - 1);
    this.#entries[tail] = entry;
    this.#pushedMs[tail] = nowMs;
    this.#waiting++;
    this.#waitingBytes += entry.bytes;
    if (this.#waitingBytes >= this.#levelBytes) this.#notify();
    return dropped;
  }

  /** Requests one call of `onLevel` when `bytes` wait. Of several requests the smallest counts. */
  notifyAt(bytes: number): void {
    this.#levelBytes = Math.min(this.#levelBytes, bytes);
  }

  /**
   * The entries in flight. When there are none, moves the oldest waiting entries there: together at most `maxBytes`, but
   * at least one if any waits.
   */
  take(maxBytes: number): readonly LogEntry[] {
    if (this.#inFlight.length > 0) return this.#inFlight;
    const taken: LogEntry[] = [];
    let bytes = 0;
    for (let next = this.#peek(); next !== undefined; next = this.#peek()) {
      if (taken.length > 0 && bytes + next.bytes > maxBytes) break;
      bytes += next.bytes;
      taken.push(next);
      this.#shift();
    }
    this.#inFlight = taken;
    this.#inFlightBytes = bytes;
    return taken;
  }

  /** Removes all entries in flight: they are delivered, spilled or dropped. */
  release(): void {
    this.#inFlight = [];
    this.#inFlightBytes = 0;
  }

  /** Removes all entries, those in flight included. */
  clear(): void {
    while (this.#waiting > 0) this.#shift();
    this.release();
  }

  #peek(): LogEntry | undefined {
    return this.#waiting === 0 ? undefined : this.#entries[this.#head];
  }

  #shift(): void {
    this.#waitingBytes -= this.#entries[this.#head]?.bytes ?? 0;
    this.#entries[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#entries.length - 1);
    this.#waiting--;
  }

  #grow(): void {
    const capacity = this.#entries.length;
    const pushedMs = new Float64Array(2 * capacity);
    pushedMs.set(this.#pushedMs.subarray(this.#head));
    pushedMs.set(this.#pushedMs.subarray(0, this.#head), capacity - this.#head);
    const entries = [...this.#entries.slice(this.#head), ...this.#entries.slice(0, this.#head)];
    entries.length = 2 * capacity;
    this.#entries = entries;
    this.#pushedMs = pushedMs;
    this.#head = 0;
  }

  #notify(): void {
    this.#levelBytes = Infinity;
    this.#options.onLevel();
  }
}

/** Capacities are powers of two, so that a mask gives the place in the ring. */
const firstCapacity = 64;
