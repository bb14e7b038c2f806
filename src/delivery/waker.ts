/** How a loop waits for the next thing to do. */

/**
 * Runs `run` once after `delayMs`; returns a function that cancels it. `holdsProcess`: whether the timer keeps the
 * process alive until it has run. Tests pass their own and move the time by hand.
 */
export type Schedule = (delayMs: number, run: () => void, holdsProcess: boolean) => () => void;

/** The event loop's own timers. Delays past 24 days are cut to that. */
export const systemSchedule: Schedule = (delayMs, run, holdsProcess) => {
  const timer = setTimeout(run, Math.min(delayMs, maxTimerMs));
  if (!holdsProcess) timer.unref();
  return () => clearTimeout(timer);
};

/** Node fires a timer with a longer delay at once. */
const maxTimerMs = 2 ** 31 - 1;

/** A wait that ends when its time is over or when another part calls {@link wake}. Serves one waiting loop. */
export class Waker {
  readonly #schedule: Schedule;
  #endWait: (() => void) | undefined;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  /** Waits at most `limitMs`, which may be Infinity. A wake before the call is lost: check the conditions just before it. */
  wait(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      // Rounded up: a timer that fires a fraction of a millisecond early would be set again for nothing.
      const cancel =
        limitMs === Infinity ? undefined : this.#schedule(Math.max(0, Math.ceil(limitMs)), () => this.wake(), false);
      this.#endWait = () => {
        cancel?.();
        resolve();
      };
    });
  }

  /** Ends the wait under way; does nothing without one. */
  wake(): void {
    const endWait = this.#endWait;
    this.#endWait = undefined;
    endWait?.();
  }
}

/** Waits until `work` has settled, at most `limitMs`, and keeps the process alive for so long. Never rejects. */
export async function withinLimit(work: Promise<unknown>, limitMs: number, schedule: Schedule): Promise<void> {
  const late = Promise.withResolvers<void>();
  const cancel = schedule(Math.max(0, limitMs), late.resolve, true);
  await Promise.race([Promise.allSettled([work]), late.promise]);
  cancel();
}
