import type { Clock } from "../../../src/clock.ts";
import type { Schedule } from "../../../src/delivery/waker.ts";
import { turnOfTheLoop } from "../../support/until.ts";

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
  readonly holdsProcess: boolean;
}

/** Time that only the test moves. */
export interface ManualTime {
  readonly clock: Clock;
  readonly schedule: Schedule;
  /** Moves on, ringing each timer at its time and letting everything that follows from it happen. */
  advance(ms: number): Promise<void>;
  /** Timers that are set. */
  readonly timers: number;
  /** Those among them that keep the process alive. */
  readonly holding: number;
}

/** See {@link ManualTime}. */
export function manualTime(startMs = 5000): ManualTime {
  let nowMs = startMs;
  const timers = new Set<Timer>();
  const nextBefore = (limitMs: number): Timer | undefined =>
    [...timers].filter(({ atMs }) => atMs <= limitMs).toSorted((left, right) => left.atMs - right.atMs)[0];
  return {
    clock: { wallMs: () => 1_700_000_000_000 + nowMs, monotonicMs: () => nowMs },
    schedule: (delayMs, run, holdsProcess) => {
      const timer = { atMs: nowMs + delayMs, run, holdsProcess };
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
      const untilMs = nowMs + ms;
      await turnOfTheLoop();
      for (let timer = nextBefore(untilMs); timer !== undefined; timer = nextBefore(untilMs)) {
        timers.delete(timer);
        nowMs = Math.max(nowMs, timer.atMs);
        timer.run();
        await turnOfTheLoop();
      }
      nowMs = untilMs;
      await turnOfTheLoop();
    },
  };
}
