import { mkdir, open, readdir, rm, stat, statfs, writeFile, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { afterEach, describe, expect, it, vi, type MockInstance } from "vitest";
import { segmentFile } from "../../../src/delivery/spool/segment.ts";
import { openSpool } from "../../../src/delivery/spool/open-spool.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { until } from "../../support/until.ts";
import { remount, smallDisk } from "../support/small-disk.ts";
import { anEntry, drain, linesOf, openedSpool, someEntries } from "../support/spool-entries.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the folder of the spool", () => {
  it("is created when it is missing", async () => {
    const directory = path.join(await temporaryDirectory(), "a", "b");
    await (await openedSpool(directory)).append([anEntry(1)]);
    expect(await readdir(directory)).toEqual(["spool-0000000001.seg", "spool.lock.1"]);
  });

  it("is readable only by the owner and the group", async () => {
    const directory = path.join(await temporaryDirectory(), "spool");
    await (await openedSpool(directory)).append([anEntry(1)]);
    expect((await stat(directory)).mode & 0o027).toBe(0);
    expect((await stat(segmentFile(directory, 1))).mode & 0o137).toBe(0);
  });

  it("that cannot be created, or is a file, is reported with its name and a remedy", async () => {
    const parent = await temporaryDirectory();
    const file = path.join(parent, "notes.txt");
    await writeFile(file, "");
    for (const directory of [file, path.join(file, "spool"), "/proc/a/spool"]) {
      const opening = await openSpool({ directory, maxBytes: 65_536, fsync: "never" });
      expect(opening).toMatchObject({ kind: "unusable" });
      expect(opening).toHaveProperty("detail", expect.stringContaining(`The spool ${directory} cannot be used (`));
      expect(opening).toHaveProperty("detail", expect.stringContaining("use a folder that this process may write to"));
    }
  });

  it("keeps unreadable segments for the next start", async () => {
    const directory = await temporaryDirectory();
    const writer = await openedSpool(directory);
    await writer.append(someEntries(0, 3));
    await writer.close();
    vi.spyOn(await fileHandles(), "read").mockRejectedValueOnce(failure("EIO"));
    const spool = await openedSpool(directory);
    expect(spool).toMatchObject({ entries: 0, damagedTotal: 1 });
    await spool.append([anEntry(3)]);
    await spool.close();
    expect((await drain(await openedSpool(directory))).entries).toEqual(someEntries(0, 4));
  });

  it("may disappear while the spool is in use: losses are counted, and writing resumes when it is back", async () => {
    const directory = path.join(await temporaryDirectory(), "spool");
    const spool = await openedSpool(directory);
    await spool.append(someEntries(0, 3));
    await rm(directory, { recursive: true });
    expect(await spool.peek(1000)).toEqual({ batch: undefined, lost: new Map([["spool_failed", 3]]) });
    expect(await spool.append(someEntries(3, 5))).toEqual(new Map([["spool_failed", 2]]));
    expect(spool).toMatchObject({ entries: 0, bytes: 0 });
    await mkdir(directory);
    expect(await spool.append(someEntries(5, 7))).toEqual(new Map());
    expect((await drain(spool)).entries).toEqual(someEntries(5, 7));
  });

  it("may become read-only: written entries stay, and writing resumes later", async () => {
    const directory = await smallDisk(1024);
    if (directory === undefined) return;
    const writer = await openedSpool(directory);
    await writer.append(someEntries(0, 3));
    await writer.close();
    remount(directory, "ro");
    const opening = await openSpool({ directory, maxBytes: 65_536, fsync: "never" });
    expect(opening).toMatchObject({ kind: "unusable", detail: expect.stringContaining("EROFS") as string });
    remount(directory, "rw");
    const spool = await openedSpool(directory);
    remount(directory, "ro");
    expect(await spool.append([anEntry(3)])).toEqual(new Map([["spool_failed", 1]]));
    expect((await drain(spool)).entries).toEqual(someEntries(0, 3));
    remount(directory, "rw");
    expect(await spool.append([anEntry(4)])).toEqual(new Map());
    expect((await drain(spool)).entries).toEqual([anEntry(4)]);
  });
});

describe("the spool on a full disk", () => {
  it("counts entries that it cannot write, keeps the others, and resumes when there is room", async () => {
    const directory = await smallDisk(256);
    if (directory === undefined) return;
    const spool = await openedSpool(directory, { maxBytes: 1_048_576, fsync: "always" });
    const kept = [];
    let failed = 0;
    for (let number = 0; number < 400; number++) {
      const losses = await spool.append([anEntry(number, 1000)]);
      if (losses.size === 0) kept.push(anEntry(number, 1000));
      else failed += losses.get("spool_failed") ?? 0;
    }
    expect(kept.length + failed).toBe(400);
    expect(failed).toBeGreaterThan(100);
    expect(kept.length).toBeGreaterThan(150);
    expect((await statfs(directory)).bfree).toBe(0);
    expect(spool.entries).toBe(kept.length);
    const { batch } = await spool.peek(200_000);
    await spool.release(batch!.position);
    const more = someEntries(400, 450, 1000);
    expect(await spool.append(more)).toEqual(new Map());
    const read = await drain(spool);
    expect(linesOf([...batch!.entries, ...read.entries])).toEqual(linesOf([...kept, ...more]));
    expect(spool.damagedTotal).toBe(0);
  });

  it("can be opened, read and emptied", async () => {
    const directory = await smallDisk(256);
    if (directory === undefined) return;
    const writer = await openedSpool(directory);
    await writer.append(someEntries(0, 100, 1000));
    await writer.close();
    await writeFile(path.join(directory, "filling"), Buffer.alloc(1_000_000)).catch(() => undefined);
    expect((await statfs(directory)).bfree).toBe(0);
    const spool = await openedSpool(directory);
    expect((await drain(spool, 5000)).entries).toEqual(someEntries(0, 100, 1000));
    expect(await spool.append(someEntries(100, 110, 1000))).toEqual(new Map());
  });
});

describe("the spool on a failing disk", () => {
  it("continues in a new segment when a failed write cannot be truncated", async () => {
    const directory = await temporaryDirectory();
    const spool = await openedSpool(directory);
    await spool.append(someEntries(0, 3));
    vi.spyOn(await fileHandles(), "truncate").mockRejectedValueOnce(failure("EIO"));
    const writes = await shortWrite();
    writes.mockRejectedValueOnce(failure("EIO"));
    expect(await spool.append([anEntry(3)])).toEqual(new Map([["spool_failed", 1]]));
    await spool.append([anEntry(4)]);
    expect((await readdir(directory)).filter((name) => name.endsWith(".seg"))).toHaveLength(2);
    await spool.close();
    const next = await openedSpool(directory);
    expect(next.damagedTotal).toBe(1);
    expect(await drain(next)).toEqual({ entries: [...someEntries(0, 3), anEntry(4)], lost: 0 });
  });

  it("truncates an incomplete write", async () => {
    const directory = await temporaryDirectory();
    const spool = await openedSpool(directory);
    await spool.append(someEntries(0, 3));
    const { size } = await stat(segmentFile(directory, 1));
    const writes = await shortWrite();
    writes.mockRejectedValueOnce(failure("ENOSPC"));
    expect(await spool.append(someEntries(3, 9))).toEqual(new Map([["spool_failed", 6]]));
    expect((await stat(segmentFile(directory, 1))).size).toBe(size);
    // A short write that is followed by a good one is none that failed.
    await shortWrite();
    expect(await spool.append(someEntries(9, 12))).toEqual(new Map());
    expect(await drain(spool)).toEqual({ entries: [...someEntries(0, 3), ...someEntries(9, 12)], lost: 0 });
  });

  it("leaves no file when no entry of a segment was written", async () => {
    const directory = await temporaryDirectory();
    const spool = await openedSpool(directory);
    const writes = await shortWrite();
    writes.mockRejectedValueOnce(failure("ENOSPC"));
    expect(await spool.append(someEntries(0, 3))).toEqual(new Map([["spool_failed", 3]]));
    expect(await readdir(directory)).toEqual(["spool.lock.1"]);
    await spool.append(someEntries(3, 5));
    expect((await drain(spool)).entries).toEqual(someEntries(3, 5));
  });

  it("reports entries as lost when they cannot be synced and the policy requires it", async () => {
    const spool = await openedSpool(await temporaryDirectory(), { fsync: "always" });
    await spool.append([anEntry(0)]);
    vi.spyOn(await fileHandles(), "datasync").mockRejectedValueOnce(failure("EIO"));
    expect(await spool.append(someEntries(1, 3))).toEqual(new Map([["spool_failed", 2]]));
    expect(await spool.append([anEntry(3)])).toEqual(new Map());
    expect(await drain(spool)).toEqual({ entries: [anEntry(0), anEntry(3)], lost: 0 });
  });

  it("drops the rest of an unreadable segment, and reads the next", async () => {
    const directory = await temporaryDirectory();
    const writer = await openedSpool(directory);
    await writer.append(someEntries(0, 3));
    await writer.close();
    const spool = await openedSpool(directory);
    await spool.append([anEntry(3)]);
    vi.spyOn(await fileHandles(), "read").mockRejectedValueOnce(failure("EIO"));
    const found = await spool.peek(1000);
    expect(found.lost).toEqual(new Map([["spool_failed", 3]]));
    expect(found.batch?.entries).toEqual([anEntry(3)]);
  });

  it("drops nothing while the process cannot open files", async () => {
    const spool = await openedSpool(await temporaryDirectory());
    await spool.append(someEntries(0, 3));
    // The error of opening cannot be had here; the one of reading is met at the same place.
    vi.spyOn(await fileHandles(), "read").mockRejectedValueOnce(failure("EMFILE"));
    const started = performance.now();
    expect(await spool.peek(1000)).toEqual({ batch: undefined, lost: new Map() });
    expect(performance.now() - started).toBeGreaterThan(900);
    expect(spool).toMatchObject({ entries: 3, damagedTotal: 0 });
    expect((await drain(spool)).entries).toEqual(someEntries(0, 3));
  });
});

describe("syncing the spool", () => {
  it("syncs in every append with `always`, and the folder when a segment is new", async () => {
    const { data, names } = await syncs();
    const spool = await openedSpool(await temporaryDirectory(), { fsync: "always" });
    for (let number = 1; number <= 3; number++) {
      await spool.append([anEntry(number)]);
      expect([data.mock.calls.length, names.mock.calls.length]).toEqual([number, 1]);
    }
  });

  it("syncs new entries at intervals with `interval`, and full segments", async () => {
    const { data, names } = await syncs();
    const options = { fsync: "interval", syncMs: 30, maxBytes: 65_536 } as const;
    const spool = await openedSpool(await temporaryDirectory(), options);
    await spool.append([anEntry(1)]);
    await spool.append([anEntry(2)]);
    expect(data).not.toHaveBeenCalled();
    await until(() => data.mock.calls.length > 0 && names.mock.calls.length > 0, "a sync");
    expect([data.mock.calls.length, names.mock.calls.length]).toEqual([1, 1]);
    await spool.append(someEntries(0, 8, 1000));
    expect(data).toHaveBeenCalledTimes(2);
    await spool.close();
    expect([data.mock.calls.length, names.mock.calls.length]).toEqual([3, 2]);
  });

  it("continues in a new segment when a sync at an interval fails, and reads both", async () => {
    const { data } = await syncs();
    data.mockRejectedValue(failure("EIO"));
    const directory = await temporaryDirectory();
    const spool = await openedSpool(directory, { fsync: "interval", syncMs: 5 });
    await spool.append([anEntry(1)]);
    await until(() => data.mock.calls.length > 0, "a sync");
    await spool.append([anEntry(2)]);
    expect((await readdir(directory)).filter((name) => name.endsWith(".seg"))).toHaveLength(2);
    expect((await drain(spool)).entries).toEqual([anEntry(1), anEntry(2)]);
  });

  it("never syncs with `never`", async () => {
    const { data, names } = await syncs();
    const spool = await openedSpool(await temporaryDirectory(), { fsync: "never", maxBytes: 65_536 });
    await spool.append(someEntries(0, 20, 1000));
    await drain(spool);
    await spool.close();
    expect([data.mock.calls.length, names.mock.calls.length]).toEqual([0, 0]);
  });
});

/** What all open files inherit from: failures of a disk cannot be had otherwise. */
async function fileHandles(): Promise<FileHandle> {
  const handle = await open("/dev/null");
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}

type Write = (bytes: Buffer, from: number, length: number, position: number) => Promise<{ bytesWritten: number }>;

let realWrite: Write | undefined;

/** The next write takes only 20 bytes. */
async function shortWrite(): Promise<MockInstance<Write>> {
  const prototype: { write: Write } = await fileHandles();
  realWrite ??= prototype.write;
  const write = realWrite;
  return vi.spyOn(prototype, "write").mockImplementationOnce(function (this: unknown, ...[bytes, from, , position]) {
    return write.call(this, bytes, from, 20, position);
  });
}

async function syncs() {
  const prototype = await fileHandles();
  return { data: vi.spyOn(prototype, "datasync"), names: vi.spyOn(prototype, "sync") };
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: a failing disk`), { code });
}
