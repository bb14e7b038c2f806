import { setTimeout as delay } from "node:timers/promises";

/** Options of {@link atRate}. */
export interface ReplaySchedule {
  readonly perSecond: number;
  readonly concurrency: number;
  /** Starts no more work once aborted; waits for work in progress. */
  readonly signal: AbortSignal;
}

/**
 * Starts work at a fixed rate, whether or not earlier work is done (an open loop), but on at most `concurrency` items at
 * once. `work` gets how late it starts, and must not reject. Resolves when all work is done.
 */
export async function atRate<Item>(
  items: AsyncIterable<Item>,
  { perSecond, concurrency, signal }: ReplaySchedule,
  work: (item: Item, lateMs: number) => Promise<void>,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  let onRoom: (() => void) | undefined;
  let count = 0;
  let startMs: number | undefined;
  for await (const item of items) {
    startMs ??= performance.now();
    const dueMs = startMs + (count++ * 1000) / perSecond;
    await waitUntil(dueMs, signal);
    while (underWay.size >= concurrency && !signal.aborted) await new Promise<void>((resolve) => (onRoom = resolve));
    if (signal.aborted) break;
    const started = work(item, Math.max(0, performance.now() - dueMs)).finally(() => {
      underWay.delete(started);
      onRoom?.();
    });
    underWay.add(started);
  }
  await Promise.all(underWay);
}

/** Timers are accurate to a millisecond: shorter waits are skipped. */
async function waitUntil(dueMs: number, signal: AbortSignal): Promise<void> {
  const restMs = dueMs - performance.now();
  if (restMs >= 1) await delay(restMs, undefined, { signal }).catch(() => undefined);
}
