import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import fileSystem, { chmod, readdir, readlink, symlink, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { lockSpool, type SpoolLock } from "../../../src/delivery/spool/lock.ts";
import { openSpool } from "../../../src/delivery/spool/open-spool.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { until } from "../../support/until.ts";
import { drain, openedSpool } from "../support/spool-entries.ts";

const program = fileURLToPath(new URL("spool-program.ts", import.meta.url));

/** A machine that is busy with other tests takes its time to start a process. */
const startMs = 25_000;

interface Started {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  /** What it has printed. */
  output(): string;
}

const children: ChildProcessByStdio<Writable, Readable, null>[] = [];

afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
});

describe("the spool of a process that is killed", () => {
  it("holds every entry that was acknowledged, in order, over several kills", { timeout: 120_000 }, async () => {
    const directory = await temporaryDirectory();
    const acknowledged: number[] = [];
    let first = 0;
    for (let round = 1; round <= 4; round++) {
      const { child, output } = start("append", directory, String(first));
      await until(
        () => output().split("\n").length > round * 30,
        () => `the appends; printed ${output()}`,
        startMs,
      );
      await kill(child);
      const printed = output().split("\n").slice(0, -1).map(Number);
      acknowledged.push(...Array.from({ length: printed.at(-1)! + 1 - first }, (_, index) => first + index));
      first = printed.at(-1)! + 10_000;
    }
    const spool = await openedSpool(directory, { maxBytes: 67_108_864 });
    const { entries, lost } = await drain(spool);
    expect(lost).toBe(0);
    const numbers = entries.map(({ timeNs }) => Number(timeNs));
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    const read = new Set(numbers);
    expect(acknowledged.filter((number) => !read.has(number))).toEqual([]);
    // What was written and not acknowledged may be there as well: at most what one append holds, of each process.
    expect(numbers.length - acknowledged.length).toBeLessThanOrEqual(4 * 7);
    expect(entries.every(({ timeNs, line }) => line.startsWith(`{"n":${timeNs},`))).toBe(true);
  });
});

describe("the lock of the spool", () => {
  it("excludes a second process while the first one runs, and admits it once that was killed", async () => {
    const directory = await temporaryDirectory();
    const holder = await holding(directory);
    expect(JSON.parse(holder.output())).toEqual({ kind: "opened", detail: "" });
    const second = await holding(directory);
    const detail = `The spool ${directory} is in use by process ${holder.child.pid}; give each process its own folder.`;
    expect(JSON.parse(second.output())).toEqual({ kind: "locked", detail });
    expect(await openSpool({ directory, maxBytes: 65_536, fsync: "never" })).toEqual({ kind: "locked", detail });
    await kill(holder.child);
    await openedSpool(directory);
  });

  it("excludes a second spool of the same process until the first is closed", async () => {
    const directory = await temporaryDirectory();
    const spool = await openedSpool(directory);
    expect(await openSpool({ directory, maxBytes: 65_536, fsync: "never" })).toMatchObject({ kind: "locked" });
    await spool.close();
    await openedSpool(directory);
  });

  it("is taken over from a process whose id was reused, from an earlier boot, and from a released lock", async () => {
    const directory = await temporaryDirectory();
    const link = (number: number): string => path.join(directory, `spool.lock.${number}`);
    const own = await held(directory);
    const identity = await readlink(link(1));
    const [pid, started, boot] = identity.split(":");
    await own.release();
    const gone = [
      `${pid}:1${started}:${boot}`,
      `${pid}:${started}:another`,
      "999999999:5:x",
      "0:0:0",
      "-1::",
      "nobody",
    ];
    for (const [index, owner] of gone.entries()) {
      const number = 10 * (index + 1);
      await symlink(owner, link(number));
      const lock = await held(directory);
      expect(await readdir(directory)).toEqual([path.basename(link(number + 1))]);
      expect(await readlink(link(number + 1))).toBe(identity);
      await lock.release();
      expect(await readdir(directory)).toEqual([path.basename(link(number + 2))]);
    }
    await writeFile(link(100), "a file");
    await held(directory);
  });

  it("goes to exactly one of several processes that take it over at once", async () => {
    const directory = await temporaryDirectory();
    await symlink("999999999:5:x", path.join(directory, "spool.lock.1"));
    for (let round = 0; round < 50; round++) {
      const results = await Promise.all(Array.from({ length: 5 }, () => lockSpool(directory)));
      expect(results.filter(({ kind }) => kind === "held")).toHaveLength(1);
      for (const result of results) if (result.kind === "held") await result.lock.release();
    }
  });

  it("is not taken by a process so late that its number was used and removed in between", async () => {
    const directory = await temporaryDirectory();
    beforeNextLink(async () => (await held(directory)).release());
    const lock = await held(directory);
    expect(await readdir(directory)).toEqual(["spool.lock.3"]);
    await lock.release();
    let faster: SpoolLock | undefined;
    beforeNextLink(async () => {
      await (await held(directory)).release();
      faster = await held(directory);
    });
    expect(await lockSpool(directory)).toEqual({ kind: "locked", processId: process.pid });
    expect(await readdir(directory)).toEqual(["spool.lock.7"]);
    await faster?.release();
  });

  it("is not taken in an unreadable folder, which is reported", async () => {
    const directory = await temporaryDirectory();
    await chmod(directory, 0o333);
    const { output } = await holding(directory, process.getuid?.() === 0 ? 65_534 : undefined);
    expect(JSON.parse(output())).toMatchObject({
      kind: "unusable",
      detail: expect.stringContaining("EACCES") as string,
    });
    await chmod(directory, 0o777);
    expect(await readdir(directory)).toEqual([]);
  });
});

/** What happens between the decision to make the next link and making it. */
function beforeNextLink(happens: () => Promise<void>): void {
  const made = vi.spyOn(fileSystem, "symlink").mockImplementationOnce(async (target, link) => {
    made.mockRestore();
    syncBuiltinESMExports();
    await happens();
    await fileSystem.symlink(target, link);
  });
  syncBuiltinESMExports();
}

async function held(directory: string): Promise<SpoolLock> {
  const result = await lockSpool(directory);
  if (result.kind === "held") return result.lock;
  throw new Error(`process ${result.processId} has it`);
}

async function holding(directory: string, uid?: number): Promise<Started> {
  const started = start("hold", directory, "", uid);
  await until(() => started.output().endsWith("\n"), "what opening came to", startMs);
  return started;
}

function start(command: string, directory: string, first: string, uid?: number): Started {
  const args = [program, command, directory, first];
  const child = spawn(process.execPath, args, {
    stdio: ["pipe", "pipe", "inherit"],
    ...(uid !== undefined && { uid }),
  });
  children.push(child);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

async function kill(child: ChildProcessByStdio<Writable, Readable, null>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "close");
}
