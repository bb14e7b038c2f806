import type { Contribution } from "./store.ts";

/** Counts of windows that are over, kept until the leader has surely read them. */
export class ClosedWindows {
  readonly #keepMs: number;
  #kept: readonly Contribution[] = [];

  /** @param keepMs how long after its end a window is offered again with every publication */
  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  add(contribution: Contribution): void {
    this.#kept = [...this.#kept, contribution];
  }

  /** Those that may still be waited for; the others are let go. */
  current(nowMs: number): readonly Contribution[] {
    this.#kept = this.#kept.filter(({ windowIndex, windowMs }) => (windowIndex + 1) * windowMs + this.#keepMs > nowMs);
    return this.#kept;
  }
}
