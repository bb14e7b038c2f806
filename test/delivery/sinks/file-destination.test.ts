import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Clock } from "../../../src/clock.ts";
import { createFileDestination, type FileDestinationOptions } from "../../../src/delivery/sinks/file-destination.ts";
import { listLogFiles, logFileName } from "../../../src/delivery/sinks/log-files.ts";
import type { Destination } from "../../../src/prediction-log/destination.ts";
import type { LogEntry } from "../../../src/prediction-log/log-entry.ts";
import { remount, smallDisk } from "../support/small-disk.ts";
import { anyText } from "../../support/any-text.ts";

const entryOf = (line: string): LogEntry => ({ timeNs: "1", stream: "{}", metadata: "", line, bytes: line.length });

const never = new AbortController().signal;

const done = { kind: "done", refused: new Map() };

/** A folder of its own, not made yet. */
async function aFolder(): Promise<string> {
  const parent = await mkdtemp(path.join(tmpdir(), "outrider-files-"));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  return path.join(parent, "log", "predictions");
}

interface Writing {
  readonly destination: Destination;
  readonly write: (...lines: readonly string[]) => ReturnType<Destination["deliver"]>;
  /** Times of both clocks, milliseconds. */
  readonly time: { wallMs: number; monotonicMs: number };
}

function writingTo(directory: string, over: Partial<FileDestinationOptions> = {}): Writing {
  const time = { wallMs: Date.UTC(2026, 10, 25, 12), monotonicMs: 0 };
  const clock: Clock = { wallMs: () => time.wallMs, monotonicMs: () => time.monotonicMs };
  const bounds = { fileBytes: 1_000_000, fileAgeMs: 60_000, directoryBytes: 10_000_000 };
  const destination = createFileDestination({ directory, ...bounds, clock, ...over });
  onTestFinished(() => destination.close());
  return { destination, write: (...lines) => destination.deliver(lines.map(entryOf), never), time };
}

async function linesOf(directory: string): Promise<readonly string[]> {
  const files = await listLogFiles(directory);
  const texts = await Promise.all(files.map((file) => readFile(file.path, "utf8")));
  for (const text of texts) if (text !== "") expect(text.endsWith("\n")).toBe(true);
  return texts.flatMap((text) => text.split("\n").slice(0, -1));
}

describe("the files of the log", () => {
  it("are created with their folder, and have a line for each entry, in order", async () => {
    const directory = await aFolder();
    const { write } = writingTo(directory);
    expect(await write("one", "two")).toEqual(done);
    expect(await write("three")).toEqual(done);
    expect(await linesOf(directory)).toEqual(["one", "two", "three"]);
    expect(await readdir(directory)).toEqual([
      expect.stringMatching(/^predictions-20261125T120000\.000Z-[0-9a-f]{8}-000000\.jsonl$/),
    ]);
  });

  it("are followed by a new one by size and by age, whatever the wall clock does", async () => {
    const directory = await aFolder();
    const { write, time } = writingTo(directory, { fileBytes: 100, fileAgeMs: 1000 });
    await write("x".repeat(99));
    await write("second");
    time.wallMs -= 86_400_000;
    await write("still the second");
    time.monotonicMs += 1000;
    await write("third");
    expect(await readdir(directory)).toHaveLength(3);
    expect((await linesOf(directory)).toSorted()).toEqual(
      ["second", "still the second", "third", "x".repeat(99)].toSorted(),
    );
  });

  it("are deleted, the oldest first and those of other processes too, to keep to the bound of the folder", async () => {
    const directory = await aFolder();
    const { write, time } = writingTo(directory, { fileBytes: 1000, directoryBytes: 5000 });
    await write("first");
    await writeFile(path.join(directory, logFileName("2020-01-01T00:00:00.000Z", "feedbeef", 0)), "x".repeat(4000));
    await writeFile(path.join(directory, "notes.txt"), "x".repeat(9000));
    for (let number = 0; number < 20; number++) {
      time.wallMs += 1;
      await write(`${number} ${"y".repeat(1000)}`);
      const total = (await listLogFiles(directory)).reduce((sum, { bytes }) => sum + bytes, 0);
      expect(total).toBeLessThanOrEqual(5000 + 1100);
    }
    const left = await linesOf(directory);
    expect(left.at(-1)).toMatch(/^19 /);
    expect(left.map((line) => Number(line.split(" ")[0]))).toEqual([16, 17, 18, 19]);
    expect(await readdir(directory)).toContain("notes.txt");
  });

  it("are replaced when they, or their folder, were deleted", async () => {
    const directory = await aFolder();
    const { write } = writingTo(directory);
    await write("gone");
    await rm(directory, { recursive: true });
    expect(await write("kept")).toEqual(done);
    expect(await linesOf(directory)).toEqual(["kept"]);
  });

  it("are kept when their name is not one that a sidecar gives", async () => {
    const directory = await aFolder();
    const { write } = writingTo(directory, { fileBytes: 100, directoryBytes: 200 });
    await write("first");
    const kept = path.join(directory, "predictions-2020-by-hand.jsonl");
    await writeFile(kept, "x".repeat(9000));
    for (let number = 0; number < 5; number++) await write("y".repeat(200));
    expect(await readFile(kept, "utf8")).toHaveLength(9000);
    expect(await readdir(directory)).toHaveLength(2);
  });

  it("are readable only by the owner and the group", async () => {
    const directory = await aFolder();
    const { write } = writingTo(directory);
    await write("one");
    const [file] = await listLogFiles(directory);
    for (const made of [directory, file?.path ?? ""]) expect((await stat(made)).mode & 0o007).toBe(0);
  });

  it("of two processes have different names", async () => {
    const directory = await aFolder();
    const [one, other] = [writingTo(directory), writingTo(directory)];
    for (let i = 0; i < 10; i++) await Promise.all([one.write(`a${i}`), other.write(`b${i}`)]);
    expect(await readdir(directory)).toHaveLength(2);
    expect((await linesOf(directory)).toSorted()).toHaveLength(20);
  });

  it("hold exactly the delivered lines, for any lines and any sizes of files", async () => {
    const directory = await aFolder();
    const line = anyText({ maxLength: 60 }).map((text) => JSON.stringify(text));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(line, { minLength: 1, maxLength: 5 }), { maxLength: 10 }), async (batches) => {
        await rm(directory, { recursive: true, force: true });
        const { write, time, destination } = writingTo(directory, { fileBytes: 80 });
        for (const batch of batches) {
          time.wallMs += 1;
          expect(await write(...batch)).toEqual(done);
        }
        await destination.close();
        expect(batches.length === 0 ? [] : await linesOf(directory)).toEqual(batches.flat());
      }),
      { numRuns: 50 },
    );
  });
});

describe("a folder that cannot be written", () => {
  it("is reported by name, and used once it is writable", async () => {
    const directory = await aFolder();
    const parent = path.dirname(path.dirname(directory));
    await writeFile(path.join(parent, "log"), "in the way");
    const { write } = writingTo(directory);
    const failed = { kind: "retry", reason: "write_failed", detail: expect.stringContaining(directory) as string };
    expect(await write("one")).toMatchObject(failed);
    await rm(path.join(parent, "log"));
    expect(await write("one")).toEqual(done);
    expect(await linesOf(directory)).toEqual(["one"]);
  });

  it("because its disk is full keeps no partial line, and resumes when there is room", async () => {
    const disk = await smallDisk(64);
    if (disk === undefined) return;
    const directory = path.join(disk, "log");
    const { write, destination } = writingTo(directory);
    expect(await write("a".repeat(20_000))).toEqual(done);
    const tooMuch = ["b".repeat(40_000), "c".repeat(40_000)];
    expect(await write(...tooMuch)).toMatchObject({ kind: "retry", reason: "disk_full" });
    expect(await linesOf(directory)).toEqual(["a".repeat(20_000)]);
    expect(await write("d".repeat(20_000))).toEqual(done);
    expect(await linesOf(directory)).toEqual(["a".repeat(20_000), "d".repeat(20_000)]);
    await destination.close();
  });

  it("because its disk is read-only resumes when it is writable", async () => {
    const disk = await smallDisk(256);
    if (disk === undefined) return;
    const { write, destination } = writingTo(path.join(disk, "log"));
    remount(disk, "ro");
    expect(await write("one")).toMatchObject({ kind: "retry", reason: "write_failed" });
    remount(disk, "rw");
    expect(await write("one")).toEqual(done);
    expect(await linesOf(path.join(disk, "log"))).toEqual(["one"]);
    await destination.close();
  });

  it("because it is in /proc is reported at once", async () => {
    const { write } = writingTo("/proc/outrider/predictions");
    expect(await write("one")).toMatchObject({ kind: "retry", reason: "write_failed" });
  });
});
