import { setTimeout as delay } from "node:timers/promises";

/** How a sequence is worked off. */
export interface ReplaySchedule {
  readonly perSecond: number;
  readonly concurrency: number;
  /** Ends it; what is under way is waited for. */
  readonly signal: AbortSignal;
}

/**
 * Starts work on the items at a fixed rate, whether or not the work before is done, but on no more than `concurrency` at
 * once: an item that finds no room waits, and how late it began is told. Ends when all is done. `work` never rejects.
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

/** Timers fire up to a millisecond early or late; none is asked for less. */
async function waitUntil(dueMs: number, signal: AbortSignal): Promise<void> {
  const restMs = dueMs - performance.now();
  if (restMs >= 1) await delay(restMs, undefined, { signal }).catch(() => undefined);
}
