import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeCursor } from "../../../src/delivery/spool/cursor.ts";
import { frameBytesOf } from "../../../src/delivery/spool/frame.ts";
import { segmentFile } from "../../../src/delivery/spool/segment.ts";
import type { LogEntry } from "../../../src/prediction-log/log-entry.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { anEntry, drain, linesOf, openedSpool, someEntries, sum } from "../support/spool-entries.ts";
import { anyText } from "../../support/any-text.ts";

const entries = [anEntry(0), anEntry(1, 90), anEntry(2), anEntry(3, 120), anEntry(4)];

describe("the spool after a crash", () => {
  it("reads all complete entries wherever the last segment was torn, and appends after them", async () => {
    const parent = await temporaryDirectory();
    const whole = await segmentOf(parent, entries);
    const before = await segmentOf(parent, [anEntry(9)]);
    const ends = endsOf(entries);
    const openTorn = async (length: number): Promise<void> => {
      const directory = await folderWith(parent, [before, whole.subarray(0, length)]);
      const spool = await openedSpool(directory);
      const expected = [anEntry(9), ...entries.slice(0, ends.filter((end) => end <= length).length)];
      expect(spool.entries).toBe(expected.length);
      expect(spool.damagedTotal).toBe(length === 0 || ends.includes(length) ? 0 : 1);
      await spool.append([anEntry(5)]);
      expect(await drain(spool)).toEqual({ entries: [...expected, anEntry(5)], lost: 0 });
      await spool.close();
    };
    // Several at once: almost all of the time is waiting for the disk.
    for (let length = 0; length <= whole.length; length += 16) {
      const lengths = Array.from({ length: Math.min(16, whole.length + 1 - length) }, (_, index) => length + index);
      await Promise.all(lengths.map(openTorn));
    }
  });

  it("reads all entries without a flipped bit, in order, and none that was never written", async () => {
    const parent = await temporaryDirectory();
    const written = [entries, someEntries(5, 12, 70), [anEntry(12)]];
    const segments = await Promise.all(written.map((some) => segmentOf(parent, some)));
    const bits = segments.reduce((total, { length }) => total + length * 8, 0);
    const anyBits = fc.uniqueArray(fc.nat({ max: bits - 1 }), { minLength: 1, maxLength: 12 });
    const openFlipped = async (flipped: readonly number[]): Promise<void> => {
      const directory = await folderWith(parent, withFlipped(segments, flipped));
      const spool = await openedSpool(directory);
      const untouched = written.flat().filter((_, index) => !touched(written.flat(), index, flipped));
      expect(spool.entries).toBe(untouched.length);
      expect(spool.damagedTotal).toBeGreaterThan(0);
      expect(await drain(spool)).toEqual({ entries: untouched, lost: 0 });
      await spool.close();
    };
    // Ten spools at once, 300 in all.
    const anyTen = fc.array(anyBits, { minLength: 10, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(anyTen, async (flips) => void (await Promise.all(flips.map(openFlipped)))),
      { numRuns: 30 },
    );
  });

  it("reports entries that are damaged after they were counted, each once", async () => {
    const parent = await temporaryDirectory();
    const anyDamage = fc.array(fc.tuple(fc.nat({ max: 2000 }), fc.integer({ min: 1, max: 255 })), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(anyDamage, fc.integer({ min: 0, max: 700 }), async (damage, maxBytes) => {
        const directory = await mkdtemp(path.join(parent, "spool-"));
        const spool = await openedSpool(directory);
        await spool.append(entries);
        const file = segmentFile(directory, 1);
        await writeFile(file, damaged(await readFile(file), damage));
        const read = await drain(spool, maxBytes);
        expect(read.entries.length + read.lost).toBe(entries.length);
        expect(entries).toEqual(expect.arrayContaining([...read.entries]));
        expect(spool.damagedTotal).toBe(read.lost > 0 ? 1 : 0);
        expect(spool).toMatchObject({ entries: 0, bytes: 0 });
        await spool.append([anEntry(5)]);
        expect(await drain(spool)).toEqual({ entries: [anEntry(5)], lost: 0 });
        await spool.close();
      }),
      { numRuns: 100 },
    );
  });

  it("never reads more entries from a segment than it holds, even when copies were appended to the file", async () => {
    const directory = await temporaryDirectory();
    const spool = await openedSpool(directory);
    await spool.append([anEntry(1, 300), anEntry(2), anEntry(3)]);
    const file = segmentFile(directory, 1);
    const bytes = await readFile(file);
    const last = bytes.subarray(frameBytesOf(anEntry(1, 300)));
    await writeFile(file, Buffer.concat([last, last, last]).subarray(0, bytes.length));
    const read = await drain(spool);
    expect(read).toMatchObject({ lost: 0 });
    expect(read.entries).toHaveLength(3);
    expect(spool.entries).toBe(0);
  });

  it("reports the entries of segments that disappeared or became shorter", async () => {
    const directory = await temporaryDirectory();
    const spool = await openedSpool(directory, { maxBytes: 65_536 });
    await spool.append(someEntries(0, 20, 1000));
    await rm(segmentFile(directory, 1));
    await truncate(segmentFile(directory, 2), 2 * frameBytesOf(anEntry(7, 1000)) + 5);
    const { batch, lost } = await spool.peek(100_000);
    expect(lost).toEqual(new Map([["spool_failed", 12]]));
    expect(linesOf(batch!.entries)).toEqual(linesOf(someEntries(7, 9)));
    expect(await spool.peek(100_000)).toEqual({ batch, lost: new Map() });
    await spool.release(batch!.position);
    expect(linesOf((await drain(spool)).entries)).toEqual(linesOf(someEntries(14, 20)));
  });

  it("reserves no room for a batch whose segment is gone", async () => {
    const directory = await temporaryDirectory();
    const spool = await openedSpool(directory, { maxBytes: 65_536 });
    await spool.append([anEntry(1, 40_000)]);
    const { batch } = await spool.peek(1);
    await rm(segmentFile(directory, 1));
    expect(sum((await spool.peek(1)).lost)).toBe(1);
    expect(await spool.append([anEntry(2, 40_000)])).toEqual(new Map());
    await spool.release(batch!.position);
    expect((await drain(spool)).entries).toEqual([anEntry(2, 40_000)]);
  });

  it("appends after damage in the current segment", async () => {
    const directory = await temporaryDirectory();
    const spool = await openedSpool(directory);
    await spool.append(entries);
    const file = segmentFile(directory, 1);
    await writeFile(file, damaged(await readFile(file), [[20, 1]]), { flag: "r+" });
    expect(sum((await spool.peek(1000)).lost)).toBe(1);
    await spool.append([anEntry(5)]);
    expect(await drain(spool)).toEqual({ entries: [...entries.slice(1), anEntry(5)], lost: 0 });
  });

  it("finds an entry after damage wherever it crosses the read buffer", async () => {
    const parent = await temporaryDirectory();
    const frames = await segmentOf(parent, entries);
    for (let length = 262_144 - 30; length < 262_144 + 3; length++) {
      const spool = await openedSpool(await folderWith(parent, [Buffer.concat([Buffer.alloc(length, 0xff), frames])]));
      expect(spool).toMatchObject({ entries: 5, damagedTotal: 1 });
      expect(await drain(spool)).toEqual({ entries, lost: 0 });
      await spool.close();
    }
  });

  it("reads a segment of damage only, however large, and deletes it", async () => {
    const directory = await temporaryDirectory();
    const zeroes = Buffer.alloc(1_000_000);
    const marks = Buffer.alloc(1_000_000, Buffer.from("ff4f5301", "hex"));
    await writeFile(segmentFile(directory, 1), zeroes);
    await writeFile(segmentFile(directory, 2), marks);
    await writeFile(segmentFile(directory, 3), Buffer.concat([zeroes, await segmentOf(directory, entries), marks]));
    const spool = await openedSpool(directory);
    expect(spool).toMatchObject({ entries: 5, damagedTotal: 4 });
    expect((await readdir(directory)).filter((name) => name.endsWith(".seg"))).toEqual(["spool-0000000003.seg"]);
    expect(await drain(spool)).toEqual({ entries, lost: 0 });
  });
});

describe("the cursor of the spool", () => {
  it("lets the next start continue after the last release", async () => {
    const directory = await temporaryDirectory();
    const spool = await openedSpool(directory);
    await spool.append(entries);
    await spool.release((await spool.peek(1)).batch!.position);
    await spool.release((await spool.peek(1)).batch!.position);
    await spool.close();
    const next = await openedSpool(directory);
    expect(next.entries).toBe(3);
    expect((await drain(next)).entries).toEqual(entries.slice(2));
  });

  it("loses nothing when it is damaged, missing or out of range: released entries may come again", async () => {
    const parent = await temporaryDirectory();
    const segments = [await segmentOf(parent, entries), await segmentOf(parent, someEntries(5, 9))];
    const all = [...entries, ...someEntries(5, 9)];
    const ends = endsOf(entries);
    const anyPosition = fc.record({ segment: fc.nat({ max: 4 }), offset: fc.nat({ max: 700 }) });
    const isNowhere = (segment: number, offset: number): boolean =>
      segment === 2 ? !endsOf(someEntries(5, 9)).includes(offset) : !ends.includes(offset) || segment !== 1;
    const anyCursor = fc.oneof(
      anyPosition.filter(({ segment, offset }) => isNowhere(segment, offset)),
      anyText({ maxLength: 40 }),
      fc.constantFrom("", `1 ${ends[1]} 00000000\n`, "NaN NaN 0\n", "9".repeat(100_000)),
    );
    await fc.assert(
      fc.asyncProperty(anyCursor, async (cursor) => {
        const directory = await folderWith(parent, segments);
        if (typeof cursor === "string") await writeFile(path.join(directory, "spool.cursor"), cursor);
        else await writeCursor(directory, cursor);
        const spool = await openedSpool(directory);
        expect(await drain(spool)).toEqual({ entries: all, lost: 0 });
        await spool.close();
      }),
      { numRuns: 100 },
    );
  });

  it("counts when it is intact: older segments that reappear are not delivered again", async () => {
    const parent = await temporaryDirectory();
    const directory = await folderWith(parent, [
      await segmentOf(parent, entries),
      await segmentOf(parent, someEntries(5, 9)),
    ]);
    await writeCursor(directory, { segment: 2, offset: endsOf(someEntries(5, 9))[1]! });
    const spool = await openedSpool(directory);
    expect(spool.entries).toBe(2);
    expect((await drain(spool)).entries).toEqual(someEntries(7, 9));
    expect((await readdir(directory)).filter((name) => name.endsWith(".seg"))).toEqual([]);
  });

  it("counts although the segment is damaged before and after it", async () => {
    const parent = await temporaryDirectory();
    const bytes = await segmentOf(parent, entries);
    const ends = endsOf(entries);
    const directory = await folderWith(parent, [
      damaged(bytes, [
        [ends[0]! - 1, 1],
        [ends[2]! + 1, 1],
      ]),
    ]);
    await writeCursor(directory, { segment: 1, offset: ends[1]! });
    const spool = await openedSpool(directory);
    expect((await drain(spool)).entries).toEqual([entries[2], entries[4]]);
  });

  it("that cannot be written only causes entries to come again", async () => {
    const directory = await temporaryDirectory();
    await mkdir(path.join(directory, "spool.cursor"));
    const spool = await openedSpool(directory);
    await spool.append(entries);
    await spool.release((await spool.peek(1)).batch!.position);
    expect((await spool.peek(1000)).batch?.entries).toEqual(entries.slice(1));
    await spool.close();
    expect(await readdir(directory)).toEqual(["spool-0000000001.seg", "spool.cursor", "spool.lock.2"]);
    expect((await drain(await openedSpool(directory))).entries).toEqual(entries);
  });
});

/** The bytes of a segment with these entries, as a spool writes them. */
async function segmentOf(parent: string, some: readonly LogEntry[]): Promise<Buffer> {
  const directory = await mkdtemp(path.join(parent, "made-"));
  const spool = await openedSpool(directory);
  await spool.append(some);
  await spool.close();
  return readFile(segmentFile(directory, 1));
}

async function folderWith(parent: string, segments: readonly Buffer[]): Promise<string> {
  const directory = await mkdtemp(path.join(parent, "spool-"));
  for (const [index, bytes] of segments.entries()) await writeFile(segmentFile(directory, index + 1), bytes);
  return directory;
}

/** Where the frames end when they stand one after the other. */
function endsOf(some: readonly LogEntry[]): number[] {
  let end = 0;
  return some.map((entry) => (end += frameBytesOf(entry)));
}

function touched(all: readonly LogEntry[], index: number, flipped: readonly number[]): boolean {
  const end = endsOf(all)[index]!;
  const start = end - frameBytesOf(all[index]!);
  return flipped.some((bit) => bit >= start * 8 && bit < end * 8);
}

function withFlipped(segments: readonly Buffer[], flipped: readonly number[]): Buffer[] {
  const all = Buffer.concat(segments);
  for (const bit of flipped) all[bit >> 3] = all[bit >> 3]! ^ (1 << (bit & 7));
  let start = 0;
  return segments.map(({ length }) => all.subarray(start, (start += length)));
}

/** A copy with some bytes changed; places past the end are left out. */
function damaged(bytes: Buffer, damage: readonly (readonly [number, number])[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const [at, change] of damage) if (at < copy.length) copy[at] = copy[at]! ^ change;
  return copy;
}
