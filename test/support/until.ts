import { setTimeout as delay } from "node:timers/promises";

/** How long a test waits for something that should happen soon; generous, because a shared machine may stall. */
export const patienceMs = 10_000;

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

/** Lets every socket of this process read what has been written to it so far: two turns of the event loop. */
export async function turnOfTheLoop(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
}
