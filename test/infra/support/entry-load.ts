import type { EntrySink, LogEntry } from "../../../src/prediction-log/log-entry.ts";

/** Entries that are offered at a steady rate, round robin over streams. */
export interface EntryLoad {
  /** All that were offered so far, in their order. */
  readonly offered: readonly LogEntry[];
  /** Ends it; the entries that were offered are whole rounds or not. */
  stop(): void;
}

/** How many, and of what. */
export interface EntryLoadPlan {
  readonly perSecond: number;
  readonly streams: number;
  /** Label `test` of all its streams. */
  readonly test: string;
}

const tickMs = 10;
let lastNs = 0n;

/** Offers entries until stopped. */
export function startLoad(sink: EntrySink, { perSecond, streams, test }: EntryLoadPlan): EntryLoad {
  const offered: LogEntry[] = [];
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond);
    while (offered.length < due) {
      const number = offered.length;
      const entry = logEntry({ test, pod: String(number % streams) }, JSON.stringify({ number, features: [1, 2, 3] }));
      offered.push(entry);
      sink.offer(entry);
    }
  }, tickMs);
  return { offered, stop: () => clearInterval(timer) };
}

/** An entry of now with a time that no other has; or of `agoMs` before. */
export function logEntry(labels: Readonly<Record<string, string>>, line: string, agoMs: number = 0): LogEntry {
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  lastNs = nowNs > lastNs ? nowNs : lastNs + 1n;
  const timeNs = String(lastNs - BigInt(agoMs) * 1_000_000n);
  const sorted = Object.entries(labels).toSorted(([left], [right]) => (left < right ? -1 : 1));
  const stream = JSON.stringify(Object.fromEntries(sorted));
  const metadata = JSON.stringify({ request_id: `r-${timeNs}` });
  const bytes = Buffer.byteLength(stream) + Buffer.byteLength(metadata) + Buffer.byteLength(line) + 128;
  return { timeNs, stream, metadata, line, bytes };
}
