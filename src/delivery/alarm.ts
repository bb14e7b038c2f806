/** How a loop waits for the next thing to do. */

/**
 * Runs `run` once after `delayMs`; returns what calls it off. `holdsProcess`: whether the process may not end before,
 * for want of anything else to do. The port through which tests move the time.
 */
export type Schedule = (delayMs: number, run: () => void, holdsProcess: boolean) => () => void;

/** The event loop's own timers. */
export const systemSchedule: Schedule = (delayMs, run, holdsProcess) => {
  const timer = setTimeout(run, Math.min(delayMs, maxTimerMs));
  if (!holdsProcess) timer.unref();
  return () => clearTimeout(timer);
};

/** A longer one would ring at once. */
const maxTimerMs = 2 ** 31 - 1;

/** A wait that ends with the time or when somebody wakes it. One loop waits at a time. */
export class Alarm {
  readonly #schedule: Schedule;
  #ring: (() => void) | undefined;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  /** Waits at most `limitMs`, which may be Infinity. Who calls looks at its conditions just before and again after. */
  wait(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      // Rounded up: a timer that rings a fraction of a millisecond early would be set again for nothing.
      const cancel =
        limitMs === Infinity ? undefined : this.#schedule(Math.max(0, Math.ceil(limitMs)), () => this.wake(), false);
      this.#ring = () => {
        cancel?.();
        resolve();
      };
    });
  }

  /** Ends the wait, if there is one. */
  wake(): void {
    const ring = this.#ring;
    this.#ring = undefined;
    ring?.();
  }
}

/** Waits until `work` has settled, at most `limitMs`. The process lives on until then. */
export async function withinLimit(work: Promise<unknown>, limitMs: number, schedule: Schedule): Promise<void> {
  const late = Promise.withResolvers<void>();
  const cancel = schedule(Math.max(0, limitMs), late.resolve, true);
  await Promise.race([Promise.allSettled([work]), late.promise]);
  cancel();
}
