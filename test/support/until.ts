import { setTimeout as delay } from "node:timers/promises";

/**
 * How long a test waits for something that should happen soon. Long, because a shared machine may stall and some are a
 * fifth as fast: a condition that holds costs no time.
 */
export const patienceMs = 60_000;

/** Waits until `condition` holds, looking every few milliseconds; rejects with `what` when it does not within `limitMs`. */
export async function until(
  condition: () => boolean,
  what: string | (() => string),
  limitMs: number = patienceMs,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > deadline) {
      throw new Error(`waited ${limitMs} ms in vain: ${typeof what === "string" ? what : what()}`);
    }
    await delay(2);
  }
}

/**
 * The same for a condition that takes a request or a command to look at; a look that rejects ends the wait.
 */
export async function untilAsync(
  condition: () => Promise<boolean>,
  what: string,
  limitMs: number = patienceMs,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > deadline) {
      throw new Error(`waited ${limitMs} ms in vain: ${what}`);
    }
    await delay(20);
  }
}

/** Lets every socket of this process read what has been written to it so far: two turns of the event loop. */
export async function turnOfTheLoop(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
}
