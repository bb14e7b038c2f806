/**
 * Persistence: one window may be chance, two of three consecutive ones are drift. A feature that is absent or of another
 * type needs no second window. Remembers the last three verdicts of each target and how many windows were violations.
 */
import type { Level } from "./verdict.ts";

/** State of a target, or of a model (its worst target). From good to bad after the first. */
export const driftStates = ["not_ready", "ok", "warn", "critical"] as const;

/** One of {@link driftStates}. */
export type DriftState = (typeof driftStates)[number];

/** Verdicts that are remembered, and how many of them must agree. */
const remembered = 3;
const needed = 2;

/** A level takes two bits; 0: no such window yet. */
const codes: Readonly<Record<Level, number>> = { none: 0, ok: 1, warn: 2, critical: 3 };
const levelBits = 2;
const allBits = (1 << (remembered * levelBits)) - 1;

/** State that {@link DriftHistory.save} returns; JSON-able. */
export interface SavedHistory {
  readonly recent: readonly number[];
  readonly violations: readonly number[];
}

/** The history of all targets of a layout: nine bytes a target. */
export class DriftHistory {
  readonly #recent: Uint8Array;
  readonly #violations: Float64Array;

  constructor(targets: number) {
    this.#recent = new Uint8Array(targets);
    this.#violations = new Float64Array(targets);
  }

  /** Adds the level of a decided window; `none` changes nothing. */
  add(target: number, level: Level): void {
    if (level === "none") return;
    this.#recent[target] = ((this.#recent[target]! << levelBits) | codes[level]) & allBits;
    if (level !== "ok") this.#violations[target]! += 1;
  }

  /** Adds a certain verdict: the state is critical at once, and for as long as after two critical windows. */
  addCertain(target: number): void {
    for (let window = 1; window < needed; window++) {
      this.#recent[target] = ((this.#recent[target]! << levelBits) | codes.critical) & allBits;
    }
    this.add(target, "critical");
  }

  /**
   * Worst level that two of the last three decided windows reached, or one with a certain verdict; `not_ready` before
   * the first.
   */
  stateOf(target: number): DriftState {
    const recent = this.#recent[target]!;
    if (recent === 0) return "not_ready";
    if (this.#countFrom(recent, codes.critical) >= needed) return "critical";
    return this.#countFrom(recent, codes.warn) >= needed ? "warn" : "ok";
  }

  /** Decided windows that were at least a warning, since the start. */
  violationsOf(target: number): number {
    return this.#violations[target]!;
  }

  save(): SavedHistory {
    return { recent: [...this.#recent], violations: [...this.#violations] };
  }

  /** Restores a saved history. Returns false and changes nothing unless it fits the number of targets. */
  load(saved: unknown): boolean {
    if (typeof saved !== "object" || saved === null) return false;
    const { recent, violations } = saved as SavedHistory;
    const isFine = (numbers: unknown): boolean =>
      Array.isArray(numbers) &&
      numbers.length === this.#recent.length &&
      numbers.every((number) => Number.isSafeInteger(number) && number >= 0);
    if (!isFine(recent) || !isFine(violations) || recent.some((bits) => bits > allBits)) return false;
    this.#recent.set(recent);
    this.#violations.set(violations);
    return true;
  }

  #countFrom(recent: number, minCode: number): number {
    let count = 0;
    for (let rest = recent; rest > 0; rest >>= levelBits) {
      if ((rest & codes.critical) >= minCode) count++;
    }
    return count;
  }
}

/** The worse of two states; `not_ready` is the best. */
export function worseState(one: DriftState, other: DriftState): DriftState {
  return driftStates.indexOf(one) >= driftStates.indexOf(other) ? one : other;
}
