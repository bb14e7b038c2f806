import type { LogEntry } from "../../src/prediction-log/log-entry.ts";

/** Fields of an entry; the others have defaults. */
export interface EntryPlan {
  readonly ns: bigint;
  readonly line?: string;
  readonly stream?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** An entry as the recorder makes it. */
export function entryOf({ ns, line = `line ${ns}`, stream = { model: "iris" }, metadata = {} }: EntryPlan): LogEntry {
  const metadataText = JSON.stringify(metadata);
  const text = JSON.stringify(stream);
  const shown = metadataText === "{}" ? "" : metadataText;
  const bytes = 128 + Buffer.byteLength(line) + Buffer.byteLength(text) + Buffer.byteLength(shown) + 19;
  return { timeNs: String(ns), stream: text, metadata: shown, line, bytes };
}

/** `count` entries of one stream, a microsecond apart, the first at `ms`. */
export const entriesAt = (ms: number, count: number, plan: Omit<EntryPlan, "ns"> = {}): LogEntry[] =>
  Array.from({ length: count }, (_, index) => entryOf({ ...plan, ns: nsAt(ms) + BigInt(index) * 1000n }));

/** Nanoseconds of milliseconds. */
export const nsAt = (ms: number): bigint => BigInt(ms) * 1_000_000n;
