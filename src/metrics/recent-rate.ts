/**
 * Events a second over the last five seconds, for autoscalers and dashboards that read a gauge without a rate window.
 * Time is passed in; nothing runs on a timer.
 */

/** Length of a slot, milliseconds: the resolution of the window. */
export const slotMs = 500;
const slotsPerWindow = 10;
/** One more than the window: the oldest slot is still partly inside while the newest fills. */
export const slotCount: number = slotsPerWindow + 1;
const windowSeconds = (slotMs * slotsPerWindow) / 1000;

/** True for a slot of this age, in slots, that is at least partly inside the window. */
export const isInWindow = (age: number): boolean => age >= 0 && age <= slotsPerWindow;

/**
 * Counts in half-second slots. A slot knows which half-second it holds and is emptied when it is reused for another one, so a
 * wall clock that jumps, forwards or back, only starts the window afresh. 200 bytes.
 */
export class RecentRate {
  readonly #epochs = new Float64Array(slotCount).fill(-1);
  readonly #counts = new Float64Array(slotCount);
  #slot = 0;
  #slotStartMs = Infinity;
  #slotEndMs = -Infinity;

  /** Counts events at a wall time. About 3 ns; twice a second 20 ns more. */
  add(count: number, atMs: number): void {
    // The slot is remembered: a remainder of doubles takes 20 ns.
    if (!(atMs >= this.#slotStartMs && atMs < this.#slotEndMs)) this.#moveTo(atMs);
    this.#counts[this.#slot]! += count;
  }

  /** Events a second in the five seconds before `nowMs`; the oldest slot counts with its part that is still inside. */
  perSecond(nowMs: number): number {
    const newest = Math.floor(nowMs / slotMs);
    const elapsedOfNewest = nowMs / slotMs - newest;
    let sum = 0;
    for (let slot = 0; slot < slotCount; slot++) {
      const age = newest - this.#epochs[slot]!;
      if (isInWindow(age)) sum += this.#counts[slot]! * (age === slotsPerWindow ? 1 - elapsedOfNewest : 1);
    }
    return sum / windowSeconds;
  }

  #moveTo(atMs: number): void {
    const epoch = Math.floor(atMs / slotMs);
    const slot = ((epoch % slotCount) + slotCount) % slotCount;
    if (this.#epochs[slot] !== epoch) {
      this.#epochs[slot] = epoch;
      this.#counts[slot] = 0;
    }
    this.#slot = slot;
    this.#slotStartMs = epoch * slotMs;
    this.#slotEndMs = this.#slotStartMs + slotMs;
  }
}
