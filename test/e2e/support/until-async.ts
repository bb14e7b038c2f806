import { setTimeout as delay } from "node:timers/promises";

/** Generous, because a shared machine may stall. */
const patienceMs = 30_000;
const pollMs = 20;

/** Waits until `condition` gives true, asking it again and again; rejects with `what` when it does not in time. */
export async function untilAsync(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain: ${what}`);
    await delay(pollMs);
  }
}
