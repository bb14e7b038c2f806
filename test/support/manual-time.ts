import type { Schedule } from "../../src/delivery/waker.ts";
import type { Clock } from "../../src/clock.ts";
import { turnOfTheLoop } from "./until.ts";

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
  readonly holdsProcess: boolean;
}

/** A clock that stands still until a test moves it; both its readings move together. */
export interface ManualClock extends Clock {
  pass(ms: number): void;
}

/** Starts in 2026, with a monotonic reading of its own. */
export function manualClock(startMs = 1_780_000_000_000, startMonotonicMs = 1000): ManualClock {
  let passedMs = 0;
  return {
    wallMs: () => startMs + passedMs,
    monotonicMs: () => startMonotonicMs + passedMs,
    pass: (ms) => {
      passedMs += ms;
    },
  };
}

/** A {@link ManualClock} and the timers that run by it. */
export interface ManualTime {
  readonly clock: Clock;
  readonly schedule: Schedule;
  /** Moves on; runs each timer at its time and lets everything that follows from it happen. */
  advance(ms: number): Promise<void>;
  /** Timers that are set. */
  readonly timers: number;
  /** Those among them that keep the process alive. */
  readonly holding: number;
}

/** See {@link ManualTime}. */
export function manualTime(startMs = 5000): ManualTime {
  const clock = manualClock(1_700_000_000_000 + startMs, startMs);
  const timers = new Set<Timer>();
  const nextBefore = (limitMs: number): Timer | undefined =>
    [...timers].filter(({ atMs }) => atMs <= limitMs).toSorted((left, right) => left.atMs - right.atMs)[0];
  return {
    clock,
    schedule: (delayMs, run, holdsProcess) => {
      const timer = { atMs: clock.monotonicMs() + delayMs, run, holdsProcess };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    get timers() {
      return timers.size;
    },
    get holding() {
      return [...timers].filter(({ holdsProcess }) => holdsProcess).length;
    },
    async advance(ms) {
      const untilMs = clock.monotonicMs() + ms;
      const passTo = (atMs: number): void => clock.pass(Math.max(0, atMs - clock.monotonicMs()));
      await turnOfTheLoop();
      for (let timer = nextBefore(untilMs); timer !== undefined; timer = nextBefore(untilMs)) {
        timers.delete(timer);
        passTo(timer.atMs);
        timer.run();
        await turnOfTheLoop();
      }
      passTo(untilMs);
      await turnOfTheLoop();
    },
  };
}
