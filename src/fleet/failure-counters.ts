import type { Clock } from "../clock.ts";
import type { FailureReason, Outcome, StoreHealth } from "./store.ts";

/** Counts how the calls of a store went. */
export class FailureCounters {
  readonly #clock: Clock;
  readonly #failures = new Map<FailureReason, number>();
  #lastSuccessMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  succeed(): void {
    this.#lastSuccessMs = this.#clock.wallMs();
  }

  /** Counts a failure and gives it as an outcome. */
  fail(reason: FailureReason): Outcome<never> {
    this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + 1);
    return { kind: "failed", reason };
  }

  health(): StoreHealth {
    return { failures: new Map(this.#failures), lastSuccessMs: this.#lastSuccessMs };
  }
}
