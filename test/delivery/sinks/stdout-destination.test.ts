import { closeSync, openSync, readSync, constants } from "node:fs";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createStdoutDestination } from "../../../src/delivery/sinks/stdout-destination.ts";
import type { LogEntry } from "../../../src/prediction-log/log-entry.ts";

const entryOf = (line: string): LogEntry => ({ timeNs: "1", stream: "{}", metadata: "", line, bytes: line.length });

const never = new AbortController().signal;

const moduleUrl = new URL("../../../src/delivery/sinks/stdout-destination.ts", import.meta.url).href;

/** The write end of a pipe that has a reader, which does not read. */
function pipe(): number {
  const { readEnd, writeEnd } = aPipe();
  onTestFinished(() => closeSync(readEnd));
  return writeEnd;
}

/** Both ends of a named pipe. Reading does not wait; writing does, as in a pipeline of a shell. */
function aPipe(): { readonly readEnd: number; readonly writeEnd: number } {
  const folder = mkdtempSync(path.join(tmpdir(), "outrider-pipe-"));
  const file = path.join(folder, "pipe");
  execFileSync("mkfifo", [file]);
  const readEnd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(file, constants.O_WRONLY);
  onTestFinished(() => {
    closeSync(writeEnd);
    rmSync(folder, { recursive: true });
  });
  return { readEnd, writeEnd };
}

function readAll(descriptor: number): string {
  const bytes = Buffer.alloc(1_000_000);
  try {
    return bytes.toString("utf8", 0, readSync(descriptor, bytes, 0, bytes.length, null));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return "";
    throw error;
  }
}

describe("standard output as a sink", () => {
  it("gets a line for each entry", async () => {
    const { readEnd, writeEnd } = aPipe();
    const destination = createStdoutDestination(writeEnd);
    expect(await destination.deliver([entryOf("one"), entryOf("zwölf")], never)).toEqual({
      kind: "done",
      refused: new Map(),
    });
    expect(readAll(readEnd)).toBe("one\nzwölf\n");
    closeSync(readEnd);
  });

  it("waits for a slow reader, and loses nothing", async () => {
    const { readEnd, writeEnd } = aPipe();
    const destination = createStdoutDestination(writeEnd);
    const lines = Array.from({ length: 3000 }, (_, i) => `${i} ${"x".repeat(100)}`);
    let isDone = false;
    const delivered = destination.deliver(lines.map(entryOf), never).then((result) => {
      isDone = true;
      return result;
    });
    const next = destination.deliver([entryOf("after")], never);
    let text = "";
    while (!text.endsWith("after\n")) {
      text += readAll(readEnd);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(text).toBe(`${lines.join("\n")}\nafter\n`);
    expect([await delivered, await next, isDone]).toEqual([
      { kind: "done", refused: new Map() },
      { kind: "done", refused: new Map() },
      true,
    ]);
    closeSync(readEnd);
  });

  it("does not keep the process alive when no one reads", async () => {
    const script = `
      import { createStdoutDestination } from ${JSON.stringify(moduleUrl)};
      const line = "x".repeat(300_000);
      void createStdoutDestination().deliver([{ line }], new AbortController().signal);
      setTimeout(() => process.exit(7), 100);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", pipe(), "ignore"],
    });
    const [code] = (await once(child, "exit")) as [number];
    expect(code).toBe(7);
  });

  it("refuses entries once the reader is gone", async () => {
    const { readEnd, writeEnd } = aPipe();
    closeSync(readEnd);
    const destination = createStdoutDestination(writeEnd);
    const result = await destination.deliver([entryOf("one"), entryOf("two")], never);
    expect(result).toEqual({ kind: "done", refused: new Map([["refused", 2]]) });
  });
});
