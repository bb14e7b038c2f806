import type { ValueSample } from "./value-sample.ts";

const firstSize = 64;

/**
 * A uniform sample of numbers that arrive one by one: all of them while they fit, then each with the same chance.
 *
 * Source: Vitter, Random sampling with a reservoir (1985), algorithm R.
 */
export class Reservoir {
  readonly #capacity: number;
  readonly #random: () => number;
  #values = new Float64Array(firstSize);
  #weights: Float64Array | undefined;
  #kept = 0;
  #seen = 0;

  /** Keeps at most `capacity` values, 8 bytes each or 16 when weighted. `random` gives numbers in [0, 1). */
  constructor(capacity: number, isWeighted: boolean, random: () => number) {
    this.#capacity = Math.max(1, Math.floor(capacity));
    this.#random = random;
    this.#weights = isWeighted ? new Float64Array(firstSize) : undefined;
  }

  /** True when this part of its room (0 to 1) is taken; up to 1, nothing was left out until then. */
  isFilled(part: number): boolean {
    return this.#kept >= this.#capacity * part;
  }

  /** Takes a value. */
  add(value: number, weight: number): void {
    this.#seen++;
    if (this.#kept < this.#capacity) {
      if (this.#kept === this.#values.length) this.#grow();
      this.#put(this.#kept, value, weight);
      this.#kept++;
      return;
    }
    const at = Math.floor(this.#random() * this.#seen);
    if (at < this.#capacity) this.#put(at, value, weight);
  }

  /** What was kept, in no order; valid until the next value. */
  sample(): ValueSample {
    return { values: this.#values.subarray(0, this.#kept), weights: this.#weights?.subarray(0, this.#kept) };
  }

  #put(at: number, value: number, weight: number): void {
    this.#values[at] = value;
    if (this.#weights !== undefined) this.#weights[at] = weight;
  }

  #grow(): void {
    const size = Math.min(this.#capacity, 2 * this.#values.length);
    this.#values = resized(this.#values, size);
    if (this.#weights !== undefined) this.#weights = resized(this.#weights, size);
  }
}

function resized(values: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(size);
  larger.set(values);
  return larger;
}
