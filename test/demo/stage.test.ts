import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { ChildCommand } from "../../demo/child-process.ts";
import { createStage, hasFinishedAsPlanned } from "../../demo/stage.ts";
import { until } from "../support/until.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "outrider-stage-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const script = (name: string, code: string, onLine: (line: string) => void = () => undefined): ChildCommand => ({
  name,
  command: process.execPath,
  args: ["-e", code],
  onLine,
});

/** Runs until SIGTERM, then writes its name into a file that all of them share. */
const patient = (name: string, onLine: (line: string) => void): ChildCommand =>
  script(
    name,
    `process.on("SIGTERM", () => { require("fs").appendFileSync(${JSON.stringify(path.join(folder, "order"))}, "${name} "); process.exit(0); });
     setInterval(() => {}, 1000); console.log("up " + process.pid);`,
    onLine,
  );

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe("the stage", () => {
  it("ends its processes one after the other, the last started first", async () => {
    const stage = createStage();
    const lines: string[] = [];
    for (const name of ["first", "second", "third"]) {
      stage.start(patient(name, (line) => lines.push(line)));
    }
    await until(() => lines.length === 3, "three processes are up");
    stage.finish();
    await stage.strike();
    expect(readFileSync(path.join(folder, "order"), "utf8")).toBe("third second first ");
    expect(hasFinishedAsPlanned(stage.over)).toBe(true);
    expect(lines.map((line) => isAlive(Number(line.slice(3))))).toEqual([false, false, false]);
  });

  it("is over with the last words of a process that ends by itself", async () => {
    const stage = createStage();
    stage.start(script("fragile", `console.error("out of memory"); process.exitCode = 3;`));
    await until(() => stage.over.aborted, "the crash is noticed");
    expect(hasFinishedAsPlanned(stage.over)).toBe(false);
    expect((stage.over.reason as Error).message).toMatch(/^fragile ended by itself: exit code 3\n\nout of memory/);
    await stage.strike();
  });

  it("is over with a clear message when a program does not exist", async () => {
    const stage = createStage();
    stage.start({ name: "missing", command: path.join(folder, "no-such-program"), args: [] });
    await until(() => stage.over.aborted, "the failure is noticed");
    expect((stage.over.reason as Error).message).toMatch(/^missing ended by itself: could not be started: .*ENOENT/);
    await stage.strike();
  });

  it("waits for a process that is to end, and gives its output when it fails", async () => {
    const stage = createStage();
    await stage.run(script("quick", ""));
    await expect(stage.run(script("bad", `console.log("no data"); process.exitCode = 1;`))).rejects.toThrow(
      /^bad failed: exit code 1\n\nno data/,
    );
    expect(stage.over.aborted).toBe(false);
    await stage.strike();
  });

  it("stops waiting for a process when it is over, and starts no more", async () => {
    const stage = createStage();
    const lines: string[] = [];
    const waiting = stage.run(patient("slow", (line) => lines.push(line)));
    const rejected = expect(waiting).rejects.toThrow("aborted");
    await until(() => lines.length === 1, "it is up");
    stage.finish();
    await rejected;
    expect(() => stage.start(script("late", ""))).toThrow("aborted");
    await stage.strike();
    expect(isAlive(Number(lines[0]!.slice(3)))).toBe(false);
  });
});
