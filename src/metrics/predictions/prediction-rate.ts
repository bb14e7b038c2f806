/** Predictions a second over the last five seconds, for dashboards that read a gauge. Time is passed in. */

const slotMs = 500;
const slotsPerWindow = 10;
/** One more than the window: the oldest slot is still partly inside while the newest fills. */
const slotCount = slotsPerWindow + 1;

/**
 * Rows in half-second slots. A slot is emptied when another half-second falls on it, so a wall clock that jumps only
 * starts the window afresh. 200 bytes.
 */
export class PredictionRate {
  readonly #epochs = new Float64Array(slotCount).fill(-1);
  readonly #rows = new Float64Array(slotCount);

  /** Counts rows at a wall time. */
  add(rows: number, atMs: number): void {
    const epoch = Math.floor(atMs / slotMs);
    const slot = ((epoch % slotCount) + slotCount) % slotCount;
    if (this.#epochs[slot] !== epoch) {
      this.#epochs[slot] = epoch;
      this.#rows[slot] = 0;
    }
    this.#rows[slot]! += rows;
  }

  /**
   * Rows a second in the five seconds before `nowMs`; the oldest slot is weighed by the part of it that is still
   * inside.
   */
  perSecond(nowMs: number): number {
    const newest = Math.floor(nowMs / slotMs);
    const elapsedOfNewest = nowMs / slotMs - newest;
    let rows = 0;
    for (let slot = 0; slot < slotCount; slot++) {
      const age = newest - this.#epochs[slot]!;
      if (age < 0 || age > slotsPerWindow) continue;
      rows += this.#rows[slot]! * (age === slotsPerWindow ? 1 - elapsedOfNewest : 1);
    }
    return rows / ((slotMs * slotsPerWindow) / 1000);
  }
}
