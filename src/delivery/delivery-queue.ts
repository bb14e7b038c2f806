/** The bounded queue of a sink in memory. */
import type { LogEntry } from "../prediction-log/log-entry.ts";

/** Options of a delivery queue. */
export interface DeliveryQueueOptions {
  /** Most that all entries together may take, by their {@link LogEntry.bytes}; those held among them. */
  readonly maxBytes: number;
  /** Called by {@link DeliveryQueue.push} when as much waits as {@link DeliveryQueue.alertAt} asked for. */
  readonly onAlert: () => void;
}

/**
 * First in, first out, bounded in bytes. Entries that are being worked on are *held*: still reckoned with, but never
 * dropped. What finds no room pushes the oldest out that are not held.
 *
 * A ring that doubles when it is full: 16 bytes an entry beside the entry itself.
 */
export class DeliveryQueue {
  readonly #options: DeliveryQueueOptions;
  #entries: (LogEntry | undefined)[] = Array.from({ length: firstCapacity });
  /** When each was pushed. */
  #pushedMs = new Float64Array(firstCapacity);
  #head = 0;
  #waiting = 0;
  #waitingBytes = 0;
  #held: readonly LogEntry[] = [];
  #heldBytes = 0;
  #alertBytes = Infinity;

  constructor(options: DeliveryQueueOptions) {
    this.#options = options;
  }

  /** Entries, those held among them. */
  get size(): number {
    return this.#waiting + this.#held.length;
  }

  /** What all of {@link size} take. */
  get bytes(): number {
    return this.#waitingBytes + this.#heldBytes;
  }

  /** What those take that are not held. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** The entries that were taken out to be worked on; the oldest of all. */
  get held(): readonly LogEntry[] {
    return this.#held;
  }

  /** When the oldest was pushed that is not held; Infinity when none waits. */
  get oldestMs(): number {
    return this.#waiting === 0 ? Infinity : this.#pushedMs[this.#head]!;
  }

  /** Takes an entry; returns how many were dropped for it: the oldest, or itself when there is no room beside those held. Costs about 20 ns. */
  push(entry: LogEntry, nowMs: number): number {
    const roomBytes = this.#options.maxBytes - this.#heldBytes - entry.bytes;
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
    if (this.#waitingBytes >= this.#alertBytes) this.#alert();
    return dropped;
  }

  /** Asks for one call of `onAlert` when so much waits; of several wishes the smallest is granted. */
  alertAt(bytes: number): void {
    this.#alertBytes = Math.min(this.#alertBytes, bytes);
  }

  /** The held entries; when none are, the oldest that take at most `maxBytes` together, or one, become held. */
  hold(maxBytes: number): readonly LogEntry[] {
    if (this.#held.length > 0) return this.#held;
    const taken: LogEntry[] = [];
    let bytes = 0;
    for (let next = this.#peek(); next !== undefined; next = this.#peek()) {
      if (taken.length > 0 && bytes + next.bytes > maxBytes) break;
      bytes += next.bytes;
      taken.push(next);
      this.#shift();
    }
    this.#held = taken;
    this.#heldBytes = bytes;
    return taken;
  }

  /** The first `count` of those held are over with. */
  letGo(count: number): void {
    for (let index = 0; index < count; index++) this.#heldBytes -= this.#held[index]?.bytes ?? 0;
    this.#held = this.#held.slice(count);
  }

  /** Empties it. */
  clear(): void {
    while (this.#waiting > 0) this.#shift();
    this.letGo(this.#held.length);
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

  #alert(): void {
    this.#alertBytes = Infinity;
    this.#options.onAlert();
  }
}

/** A power of two, as all capacities are. */
const firstCapacity = 64;
