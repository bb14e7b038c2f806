import type { Clock } from "../../../src/clock.ts";

/** A clock that moves only by `pass`; wall and monotonic time move together. */
export interface ManualClock extends Clock {
  pass(ms: number): void;
}

/** Begins in 2026. */
export function manualClock(startMs = 1_780_000_000_000): ManualClock {
  let passedMs = 0;
  return {
    wallMs: () => startMs + passedMs,
    monotonicMs: () => 1000 + passedMs,
    pass: (ms) => {
      passedMs += ms;
    },
  };
}
