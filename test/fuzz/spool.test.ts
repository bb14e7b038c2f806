import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeEntry, encodeFrames, frameBytesOf, nextFrame } from "../../src/delivery/spool/frame.ts";
import { segmentFile } from "../../src/delivery/spool/segment.ts";
import type { LogEntry } from "../../src/prediction-log/log-entry.ts";
import { drain, entryOf, openedSpool } from "../delivery/support/spool-entries.ts";
import { mutateBytes } from "./mutate-bytes.ts";
import { SeededRandom } from "./random.ts";

/** The seed of this run; set OUTRIDER_FUZZ_SEED to repeat one. */
const seed = Number(process.env["OUTRIDER_FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const wantedInputs = Number(process.env["OUTRIDER_FUZZ_INPUTS"] ?? 100_000);
/** The run ends after this time in any case; that it had too few inputs by then is an error in CI only. */
const maxMs = Number(process.env["OUTRIDER_FUZZ_MS"] ?? 240_000);

/** Of so many inputs one goes through files: a thousand times as slow as bytes in memory. */
const inputsToFiles = 200;

const segments: readonly (readonly LogEntry[])[] = [
  [0, 0, 0, 0].map((length, index) => written(index, length)),
  [40, 200, 3, 90, 0, 700].map((length, index) => written(10 + index, length)),
  [1500].map((length) => written(20, length)),
  [],
  Array.from({ length: 12 }, (_, index) => written(30 + index, index * 11)),
];
const known: ReadonlyMap<string, LogEntry> = new Map(segments.flat().map((entry) => [entry.timeNs, entry]));

let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "outrider-fuzz-"));
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe("fuzz of the spool", () => {
  it(`reads nothing from any bytes that was not written, and reaches their end (seed ${seed})`, () => {
    const random = new SeededRandom(seed);
    const findings: string[] = [];
    const started = performance.now();
    const deadline = started + maxMs / 4;
    let inputs = 0;
    let read = 0;
    while (inputs < wantedInputs && findings.length < 10 && performance.now() < deadline) {
      const bytes = mutated(random);
      inputs++;
      try {
        const entries = entriesIn(bytes, random.below(bytes.length + 1));
        read += entries.length;
        if (!entries.every(isKnown)) findings.push(`an entry was invented: ${bytes.toString("base64")}`);
      } catch (error) {
        findings.push(`${String(error)}: ${bytes.toString("base64")}`);
      }
    }
    const perSecond = Math.round((inputs / (performance.now() - started)) * 1000);
    process.stdout.write(`fuzz: seed ${seed}, ${inputs} segments, ${perSecond} a second, ${read} entries read\n`);
    expect(findings, `seed ${seed}`).toEqual([]);
    if (process.env["CI"] === "true") expect(inputs).toBeGreaterThanOrEqual(wantedInputs);
    expect(read).toBeGreaterThan(inputs);
  });

  it(`opens and empties a folder of any segments and any cursor, and counts what it reads (seed ${seed})`, async () => {
    const random = new SeededRandom(seed);
    const wanted = Math.ceil(wantedInputs / inputsToFiles);
    const deadline = performance.now() + maxMs / 4;
    let inputs = 0;
    for (; inputs < wanted && performance.now() < deadline; inputs++) {
      const folder = await mkdtemp(path.join(directory, "spool-"));
      for (let number = random.below(4); number > 0; number--) {
        await writeFile(segmentFile(folder, number), mutated(random));
      }
      const cursor = mutateBytes(Buffer.from(`${random.below(4)} ${random.below(900)} 0123abcd\n`), random);
      await writeFile(path.join(folder, "spool.cursor"), cursor);
      const spool = await openedSpool(folder);
      const { entries: counted } = spool;
      const { entries, lost } = await drain(spool, random.below(3000));
      expect({ invented: entries.filter((entry) => !isKnown(entry)), lost, counted }, `seed ${seed}`).toEqual({
        invented: [],
        lost: 0,
        counted: entries.length,
      });
      await spool.close();
      await rm(folder, { recursive: true });
    }
    process.stdout.write(`fuzz: seed ${seed}, ${inputs} folders\n`);
    if (process.env["CI"] === "true") expect(inputs).toBeGreaterThanOrEqual(wanted);
  });

  it("reads every entry of the segments that the others are made of, from memory and from files", async () => {
    for (const entries of segments) expect(entriesIn(encoded(entries), 0)).toEqual(entries);
    const folder = await mkdtemp(path.join(directory, "whole-"));
    for (const [index, entries] of segments.entries())
      await writeFile(segmentFile(folder, index + 1), encoded(entries));
    const spool = await openedSpool(folder);
    expect(await drain(spool)).toEqual({ entries: segments.flat(), lost: 0 });
    expect(spool.damagedTotal).toBe(0);
    await spool.append(segments[1]!);
    expect(await readFile(segmentFile(folder, segments.length + 1))).toEqual(encoded(segments[1]!));
  });
});

/** An entry whose line says which it is, and holds what looks like a frame. */
function written(number: number, length: number): LogEntry {
  const line = JSON.stringify({ number, text: "ÿOS\u0001é€😀".repeat(length / 30).padEnd(length, "x") });
  return entryOf(String(10_000 + number), line, '{"model":"m"}', number % 2 === 0 ? "" : '{"request_id":"r"}');
}

function isKnown(entry: LogEntry): boolean {
  const found = known.get(entry.timeNs);
  if (found === undefined) return false;
  const { stream, metadata, line, bytes } = found;
  return entry.stream === stream && entry.metadata === metadata && entry.line === line && entry.bytes === bytes;
}

const encodedSegments = segments.map(encoded);

function encoded(entries: readonly LogEntry[]): Buffer {
  return encodeFrames(
    entries,
    entries.reduce((total, entry) => total + frameBytesOf(entry), 0),
  );
}

/** A segment with pieces of others in it, changed in a few places. */
function mutated(random: SeededRandom): Buffer {
  let bytes = random.pick(encodedSegments);
  for (let pieces = random.below(3); pieces > 0; pieces--) {
    const other = random.pick(encodedSegments);
    const start = random.below(other.length + 1);
    const piece = other.subarray(start, start + random.below(300));
    const at = random.below(bytes.length + 1);
    bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + random.pick([0, 0, piece.length]))]);
  }
  return Buffer.from(mutateBytes(bytes, random));
}

/** The entries among bytes of which at first only some are there, as when a file is read. */
function entriesIn(whole: Buffer, firstBytes: number): LogEntry[] {
  const entries: LogEntry[] = [];
  let there = whole.subarray(0, firstBytes);
  for (let at = 0, steps = 0; ; steps++) {
    if (steps > 2 * whole.length + 2) throw new Error("it does not come to an end");
    const step = nextFrame(there, at, whole.length);
    if (step.kind === "end") return entries;
    if (step.kind === "more") {
      if (at + step.bytes > whole.length || at + step.bytes <= there.length)
        throw new Error("it asks for what is not there");
      there = whole.subarray(0, at + step.bytes);
      continue;
    }
    if (step.end <= at || step.end > (step.kind === "frame" ? there : whole).length)
      throw new Error(`it goes from ${at} to ${step.end}`);
    if (step.kind === "frame") {
      const entry = decodeEntry(there, step.payload, step.end);
      if (entry === undefined) throw new Error("a frame is not an entry");
      entries.push(entry);
    }
    at = step.end;
  }
}
