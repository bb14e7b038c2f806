/** Which part of the exchanges is captured, so that decoding and parsing stay within their share of the processor. */

/** The configured upper bounds: the sampler lowers the ratio until the CPU share is kept. */
export interface SamplingPlan {
  /** Maximum part of the exchanges, 0 to 1; 0 samples none. */
  readonly ratio: number;
  /** Part of one processor core that decoding and parsing may take, more than 0. */
  readonly cpuRatio: number;
}

/** Minimum part (or the configured one, if lower): without samples, nothing would show that they have become cheap. */
export const minRatio = 0.01;

/** How often the ratio is adapted, milliseconds. */
export const adaptIntervalMs = 500;

/** Below this part of the budget the ratio grows. */
const lowWatermark = 0.7;
/** Target, as part of the budget: between the two the ratio does not move, so that it settles. */
const aim = 0.9;
/** Maximum growth in one interval. From below {@link lowWatermark} it cannot pass the budget: 0.7 × 1.25 < 0.9. */
const growth = 1.25;

/**
 * The next ratio. Cost is proportional to the ratio, so one step down reaches the ratio that keeps the budget; steps up are small,
 * because traffic that pauses looks like traffic that has become cheap.
 *
 * `usedRatio` is the part of one core that was used over `elapsedMs`. The result is within [{@link minRatio},
 * plan.ratio]; with steady traffic it stops moving after at most 21 steps. Never NaN.
 */
export function adaptRatio(ratio: number, usedRatio: number, elapsedMs: number, plan: SamplingPlan): number {
  const used = usedRatio / plan.cpuRatio;
  let next = ratio;
  if (used > 1) next = (ratio * aim) / used;
  else if (used < lowWatermark)
    next = ratio * Math.min(growth ** (elapsedMs / adaptIntervalMs), aim / used, 1 / minRatio);
  return bounded(next, plan);
}

const bounded = (ratio: number, plan: SamplingPlan): number => Math.min(plan.ratio, Math.max(ratio, minRatio));

/** Decides for each exchange, and adapts to the time that decoding and parsing take. Two numbers of state. */
export class CaptureSampler {
  readonly #plan: SamplingPlan;
  #ratio: number;
  #asked = 0;
  #sinceMs: number;
  #busyMs = 0;

  constructor(plan: SamplingPlan, nowMs: number) {
    this.#plan = plan;
    this.#ratio = plan.ratio;
    this.#sinceMs = nowMs;
  }

  /** The current ratio, 0 to 1. */
  get ratio(): number {
    return this.#ratio;
  }

  /**
   * True when the next exchange is in the sample. Decided by a hash of the exchange's number and not by every n-th: two
   * models that get requests in turn must both be sampled.
   */
  sampleNext(): boolean {
    if (this.#ratio >= 1) return true;
    this.#asked = (this.#asked + 1) >>> 0;
    return scrambled(this.#asked) < this.#ratio * 4_294_967_296;
  }

  /** Adds busy time; adapts the ratio when {@link adaptIntervalMs} have passed. Monotonic time. */
  recordBusy(busyMs: number, nowMs: number): void {
    this.#busyMs += busyMs;
    const elapsedMs = nowMs - this.#sinceMs;
    if (elapsedMs < adaptIntervalMs) return;
    this.#ratio = adaptRatio(this.#ratio, this.#busyMs / elapsedMs, elapsedMs, this.#plan);
    this.#busyMs = 0;
    this.#sinceMs = nowMs;
  }
}

/** The finalizer of MurmurHash3. */
function scrambled(value: number): number {
  let state = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
