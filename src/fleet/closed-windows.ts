import type { Contribution } from "./store.ts";

/** Final counts of closed windows: published again with every sync until the leader has certainly read them. */
export class ClosedWindows {
  readonly #keepMs: number;
  #kept: readonly Contribution[] = [];

  /** @param keepMs how long after its end a window is published again */
  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  add(contribution: Contribution): void {
    this.#kept = [...this.#kept, contribution];
  }

  /** Those still to be published; drops the others. */
  current(nowMs: number): readonly Contribution[] {
    this.#kept = this.#kept.filter(({ windowIndex, windowMs }) => (windowIndex + 1) * windowMs + this.#keepMs > nowMs);
    return this.#kept;
  }
}
