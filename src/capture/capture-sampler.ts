/** How large a part of the exchanges is read, so that reading keeps to its share of the processor. */

/** What the configuration allows. */
export interface SamplingPlan {
  /** Largest part of the exchanges, 0 to 1; 0 reads none. */
  readonly ratio: number;
  /** Part of one processor core that reading may take, more than 0. */
  readonly cpuRatio: number;
}

/** Never less than this part (or the configured one): what is not read cannot show that reading has become cheap. */
export const minRatio = 0.01;

/** How often the ratio is looked at, milliseconds. */
export const adaptIntervalMs = 500;

/** Below this part of the budget more may be read. */
const lowWater = 0.7;
/** Part of the budget that is aimed at: between the two no step is taken, so that the ratio comes to rest. */
const aim = 0.9;
/** Most growth in one interval. From below {@link lowWater} it cannot pass the budget: 0.7 × 1.25 < 0.9. */
const growth = 1.25;

/**
 * The next ratio. Cost is proportional to the ratio, so one step down goes where the budget is kept; steps up are small,
 * because traffic that pauses looks like traffic that has become cheap.
 *
 * `usedRatio` is the part of one core that was used over `elapsedMs`. The result is within [{@link minRatio},
 * plan.ratio]; with steady traffic it stops moving after at most 21 steps. Never NaN.
 */
export function adaptRatio(ratio: number, usedRatio: number, elapsedMs: number, plan: SamplingPlan): number {
  const used = usedRatio / plan.cpuRatio;
  let next = ratio;
  if (used > 1) next = (ratio * aim) / used;
  else if (used < lowWater) next = ratio * Math.min(growth ** (elapsedMs / adaptIntervalMs), aim / used, 1 / minRatio);
  return bounded(next, plan);
}

const bounded = (ratio: number, plan: SamplingPlan): number => Math.min(plan.ratio, Math.max(ratio, minRatio));

/** Decides for each exchange, and learns from the time that reading takes. */
export class Sampling {
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

  /** The ratio in force. */
  get ratio(): number {
    return this.#ratio;
  }

  /**
   * True when the next exchange is to be read. The choice is made by the scrambled number of the exchange and not by
   * every n-th: two models that are asked in turn must both be seen.
   */
  takesNext(): boolean {
    if (this.#ratio >= 1) return true;
    this.#asked = (this.#asked + 1) >>> 0;
    return scrambled(this.#asked) < this.#ratio * 4_294_967_296;
  }

  /** Takes note of time spent on reading; adapts the ratio when {@link adaptIntervalMs} have gone by. Monotonic time. */
  spend(busyMs: number, nowMs: number): void {
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
