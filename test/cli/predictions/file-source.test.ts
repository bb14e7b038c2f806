import { appendFile, readdir, readlink, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { FileSource } from "../../../src/cli/predictions/file-source.ts";
import { openLines } from "../../../src/cli/predictions/lines.ts";
import { RecordNotes } from "../../../src/cli/predictions/notes.ts";
import { caughtUp, type RecordFilter } from "../../../src/cli/predictions/source.ts";
import { until } from "../../support/until.ts";
import { allRecords, linesOf, logDirectory, logName, recordAt } from "./log.ts";

const sourceOf = (directory: string, notes: RecordNotes = new RecordNotes()): FileSource =>
  new FileSource({ directory, notes, pollMs: 5 });

interface Followed {
  readonly ids: string[];
  readonly ended: Promise<void>;
  stop(): void;
}

function follow(source: FileSource, filter: RecordFilter = allRecords): Followed {
  const stopping = new AbortController();
  const ids: string[] = [];
  const run = async (): Promise<void> => {
    for await (const logged of source.follow(filter, stopping.signal)) {
      ids.push(logged === caughtUp ? "-" : logged.record.request_id);
    }
  };
  return { ids, ended: run(), stop: () => stopping.abort() };
}

/** Files of a folder that this process has open. */
async function openFilesIn(directory: string): Promise<number> {
  const names = await readdir("/proc/self/fd");
  const targets = await Promise.all(names.map(async (name) => readlink(`/proc/self/fd/${name}`).catch(() => "")));
  return targets.filter((target) => target.startsWith(directory)).length;
}

describe("the files of a log", () => {
  it("give every record once, in the order of time, however processes overlap", async () => {
    const file = fc.uniqueArray(fc.integer({ min: 0, max: 500 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.array(file, { maxLength: 6 }), async (files) => {
        const sorted = files.map((times) => times.toSorted((left, right) => left - right));
        const texts = sorted.map((times, process) =>
          linesOf(times.map((ms) => recordAt(ms, { request_id: `${process}-${ms}` }))),
        );
        const source = sourceOf(await logDirectory(...texts));
        const found: { readonly time: string; readonly id: string }[] = [];
        for await (const { record } of source.records(allRecords))
          found.push({ time: record.time, id: record.request_id });
        const times = found.map(({ time }) => time);
        expect(times).toEqual(times.toSorted());
        const expected = sorted.flatMap((list, process) => list.map((ms) => `${process}-${ms}`));
        expect(found.map(({ id }) => id).toSorted()).toEqual(expected.toSorted());
        const { done, total } = source.progress();
        expect(done).toBe(total);
      }),
      { numRuns: 60 },
    );
  });

  it("keep as few files open as there are processes that wrote at the same time", async () => {
    const texts = Array.from({ length: 40 }, (_, index) => linesOf([recordAt(index * 10), recordAt(index * 10 + 9)]));
    const directory = await logDirectory(...texts);
    let most = 0;
    for await (const _ of sourceOf(directory).records(allRecords)) most = Math.max(most, await openFilesIn(directory));
    expect(most).toBe(1);
    expect(await openFilesIn(directory)).toBe(0);
  });

  it("close what is open when the loop ends early", async () => {
    const directory = await logDirectory(linesOf([recordAt(0), recordAt(1)]), linesOf([recordAt(0)]));
    for await (const _ of sourceOf(directory).records(allRecords)) {
      expect(await openFilesIn(directory)).toBe(2);
      break;
    }
    expect(await openFilesIn(directory)).toBe(0);
  });

  it("may be deleted while others are read", async () => {
    const directory = await logDirectory(linesOf([recordAt(0)]), linesOf([recordAt(10)]), linesOf([recordAt(20)]));
    const ids: string[] = [];
    for await (const { record } of sourceOf(directory).records(allRecords)) {
      ids.push(record.request_id);
      await rm(path.join(directory, logName(1, 1)), { force: true });
    }
    expect(ids).toEqual(["r0", "r20"]);
  });

  it("that have a line out of order lose nothing", async () => {
    const source = sourceOf(
      await logDirectory(linesOf([recordAt(5), recordAt(3), recordAt(9)]), linesOf([recordAt(4)])),
    );
    const ids: string[] = [];
    for await (const { record } of source.records(allRecords)) ids.push(record.request_id);
    expect(ids.toSorted()).toEqual(["r3", "r4", "r5", "r9"]);
  });

  it("with a line past every bound go on after it", async () => {
    const notes = new RecordNotes();
    const huge = Buffer.alloc(33 * 2 ** 20, "x");
    const directory = await logDirectory(linesOf([recordAt(0)]), linesOf([recordAt(1)]));
    const file = path.join(directory, logName(0, 0));
    await appendFile(file, Buffer.concat([huge, Buffer.from("\n"), Buffer.from(linesOf([recordAt(2)]))]));
    const ids: string[] = [];
    for await (const { record } of sourceOf(directory, notes).records(allRecords)) ids.push(record.request_id);
    expect(ids).toEqual(["r0", "r1", "r2"]);
    expect(notes.text()).toContain(`1 line skipped, first ${logName(0, 0)}:2`);
  });
});

describe("a line without an end", () => {
  it("is not kept past a bound, however long it is", async () => {
    const directory = await logDirectory("x".repeat(40 * 2 ** 20));
    const reader = await openLines(path.join(directory, logName(0, 0)));
    expect(await reader?.next()).toEqual([]);
    expect(reader?.tail().length).toBeLessThanOrEqual(32 * 2 ** 20);
    await reader?.close();
  });
});

describe("following the files of a log", () => {
  it("finds added lines, new files, and files of several processes", async () => {
    const directory = await logDirectory(linesOf([recordAt(0)]), linesOf([recordAt(1)]));
    const { ids, ended, stop } = follow(sourceOf(directory));
    await until(() => ids.length === 3, "caught up");
    await appendFile(path.join(directory, logName(0, 0)), linesOf([recordAt(2)]));
    await until(() => ids.length === 4, "the first addition");
    await appendFile(path.join(directory, logName(1, 1)), linesOf([recordAt(3)]));
    await until(() => ids.length === 5, "the second addition");
    await writeFile(path.join(directory, logName(7, 0)), linesOf([recordAt(4), recordAt(5)]));
    await until(() => ids.length === 7, "the new file");
    await rm(path.join(directory, logName(0, 0)));
    await appendFile(path.join(directory, logName(7, 0)), linesOf([recordAt(6)]));
    await until(() => ids.length === 8, "after the rotation");
    stop();
    await ended;
    expect(ids).toEqual(["r0", "r1", "-", "r2", "r3", "r4", "r5", "r6"]);
  });

  it("waits for the end of a line that is being written", async () => {
    const directory = await logDirectory(linesOf([recordAt(0)]));
    const notes = new RecordNotes();
    const { ids, ended, stop } = follow(sourceOf(directory, notes));
    await until(() => ids.length === 2, "caught up");
    const line = linesOf([recordAt(1)]);
    const file = path.join(directory, logName(0, 0));
    await appendFile(file, line.slice(0, 40));
    await writeFile(path.join(directory, logName(8)), linesOf([recordAt(2)]));
    await until(() => ids.includes("r2"), "another file");
    await appendFile(file, line.slice(40));
    await until(() => ids.includes("r1"), "the finished line");
    stop();
    await ended;
    expect(ids).toEqual(["r0", "-", "r2", "r1"]);
    expect(notes.text()).toBe("");
  });

  it("reports the line number of a malformed added line", async () => {
    const directory = await logDirectory(linesOf([recordAt(0), recordAt(1)]));
    const notes = new RecordNotes();
    const { ids, ended, stop } = follow(sourceOf(directory, notes));
    await until(() => ids.length === 3, "caught up");
    await appendFile(path.join(directory, logName(0, 0)), `wrong\n${linesOf([recordAt(2)])}`);
    await until(() => ids.length === 4, "the addition");
    stop();
    await ended;
    expect(notes.text()).toContain(`first ${logName(0, 0)}:3: it is not a JSON object`);
  });
});
