import { setTimeout as delay } from "node:timers/promises";

/**
 * Looks every `everyMs` until `look` gives something and resolves to that; rejects with the signal's reason when it is
 * aborted. The look must not throw.
 */
export async function waitFor<T>(look: () => Promise<T | undefined>, everyMs: number, signal: AbortSignal): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== undefined) {
      return found;
    }
    await delay(everyMs, undefined, { signal });
  }
}
