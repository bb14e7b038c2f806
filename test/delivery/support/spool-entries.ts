import fc from "fast-check";
import { afterEach } from "vitest";
import type { Spool } from "../../../src/delivery/spool/spool.ts";
import type { SpoolOptions } from "../../../src/delivery/spool/segment-queue.ts";
import { openSpool } from "../../../src/delivery/spool/open-spool.ts";
import type { LogEntry } from "../../../src/prediction-log/log-entry.ts";
import { anyText } from "../../support/any-text.ts";

/** An entry with a line of its own; `lineBytes` makes it longer. */
export function anEntry(number: number, lineBytes = 0): LogEntry {
  return entryOf(String(1_700_000_000_000_000_000n + BigInt(number)), JSON.stringify({ n: number }).padEnd(lineBytes));
}

/** Entries `from` to `to`, without the last. */
export function someEntries(from: number, to: number, lineBytes = 0): LogEntry[] {
  return Array.from({ length: to - from }, (_, index) => anEntry(from + index, lineBytes));
}

/** An entry of these texts. */
export function entryOf(timeNs: string, line: string, stream = '{"model":"m"}', metadata = ""): LogEntry {
  return { timeNs, stream, metadata, line, bytes: 128 + Buffer.byteLength(timeNs + stream + metadata + line) };
}

const entryText: fc.Arbitrary<string> = fc.oneof(
  anyText({ maxLength: 60 }),
  fc.constantFrom("", "\t\n\0", "\u00fe\u00ff\ufffd\ufeff", "OS\u0001", "\u{10ffff}"),
  fc.integer({ min: 1, max: 9000 }).map((length) => "a".repeat(length)),
);

/** Entries of any texts. */
export const anyEntry: fc.Arbitrary<LogEntry> = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 19n }), entryText, entryText, entryText)
  .map(([timeNs, stream, metadata, line]) => entryOf(String(timeNs), line, stream, metadata));

/** A spool that is closed after the test at the latest. */
export async function openedSpool(directory: string, options: Partial<SpoolOptions> = {}): Promise<Spool> {
  const opening = await openSpool({ directory, maxBytes: 1_048_576, fsync: "never", ...options });
  if (opening.kind !== "opened") throw new Error(opening.detail);
  opened.push(opening.spool);
  return opening.spool;
}

const opened: Spool[] = [];

afterEach(async () => {
  for (const spool of opened.splice(0)) await spool.close();
});

/** Everything read from a spool until it was empty. */
export interface Drained {
  readonly entries: readonly LogEntry[];
  /** Of them all, by reason. */
  readonly lost: number;
}

/** Peeks and releases until nothing is left. */
export async function drain(spool: Spool, maxBytes = 65_536): Promise<Drained> {
  const entries: LogEntry[] = [];
  let lost = 0;
  for (;;) {
    const found = await spool.peek(maxBytes);
    lost += sum(found.lost);
    if (found.batch === undefined) return { entries, lost };
    entries.push(...found.batch.entries);
    await spool.release(found.batch.position);
  }
}

/** The lines of entries: easier to look at when a test fails. */
export const linesOf = (entries: readonly LogEntry[]): string[] => entries.map(({ line }) => line.trim());

/** All losses together. */
export const sum = (losses: ReadonlyMap<string, number>): number =>
  [...losses.values()].reduce((total, count) => total + count, 0);
