/** Reads what the admin port of a sidecar says. */
import { setTimeout as delay } from "node:timers/promises";

/** The text of a page of an admin port on loopback. Throws unless it is answered with 200. */
export async function fetchPage(adminPort: number, path: string): Promise<string> {
  const url = `http://127.0.0.1:${adminPort}${path}`;
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} was answered with ${response.status}`);
  return response.text();
}

/** How many lines of a page of metrics are samples. */
export function countSeries(page: string): number {
  return sampleLines(page).length;
}

/** Sum of all samples of a metric whose labels hold `label`, e.g. `side="request"`; 0 when there is none. */
export function sumOfSeries(page: string, name: string, label = ""): number {
  return sampleLines(page)
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

function sampleLines(page: string): readonly string[] {
  return page.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

/** Calls `action` every so many milliseconds while `work` goes on, one call at a time, and gives how long each took. */
export async function timedMeanwhile<Result>(
  everyMs: number,
  action: () => Promise<unknown>,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly tookMs: readonly number[] }> {
  const tookMs: number[] = [];
  const over = new AbortController();
  const calling = (async () => {
    while (!over.signal.aborted) {
      await delay(everyMs);
      const startedAtMs = performance.now();
      await action();
      tookMs.push(performance.now() - startedAtMs);
    }
  })();
  // It is awaited below; without this a failure before that would be an unhandled rejection.
  calling.catch(() => undefined);
  try {
    return { result: await work(), tookMs };
  } finally {
    over.abort();
    await calling;
  }
}
