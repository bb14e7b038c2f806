import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLineSink } from "../../src/logging/line-sink.ts";
import { until } from "../support/until.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outrider-sink-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a script in a process of its own, whose standard error is a real pipe that we may read or not. */
const inProcess = (script: string) =>
  spawn(
    process.execPath,
    [
      "--input-type=module-typescript",
      "-e",
      `import { createLineSink } from ${JSON.stringify(new URL("../../src/logging/line-sink.ts", import.meta.url).href)};
       const sink = createLineSink({ fileDescriptor: 2, maxBufferedCharacters: 100_000 });
       ${script}`,
    ],
    { stdio: ["pipe", "pipe", "pipe"] },
  );

describe("line sink", () => {
  it("writes every line in order", async () => {
    const path = join(folder, "log");
    const file = openSync(path, "w");
    const sink = createLineSink({ fileDescriptor: file, maxBufferedCharacters: 1_000_000 });
    const lines = Array.from({ length: 1000 }, (_, i) => `line ${i} ü\n`);
    for (const line of lines) sink.write(line);
    await sink.flush(5000);
    closeSync(file);
    expect(readFileSync(path, "utf8")).toBe(lines.join(""));
    expect(sink.droppedTotal).toBe(0);
  });

  it("drops and counts lines for a closed descriptor, without throwing", async () => {
    writeFileSync(join(folder, "log"), "");
    const file = openSync(join(folder, "log"), "r");
    const sink = createLineSink({ fileDescriptor: file, maxBufferedCharacters: 1000 });
    sink.write("one\n");
    await sink.flush(5000);
    sink.write("two\n");
    await sink.flush(5000);
    closeSync(file);
    expect(sink.droppedTotal).toBe(2);
  });

  it("neither blocks nor grows when the pipe is not read", async () => {
    const child = inProcess(`
      const line = "x".repeat(999) + "\\n";
      let longest = 0;
      for (let i = 0; i < 2000; i++) { const t = performance.now(); sink.write(line); longest = Math.max(longest, performance.now() - t); }
      await new Promise((resolve) => setImmediate(resolve));
      process.stdout.write(JSON.stringify({ dropped: sink.droppedTotal, isAlive: true }));
      process.stdin.resume();
    `);
    let answer = "";
    child.stdout.on("data", (part) => (answer += String(part)));
    await until(() => answer.endsWith("}"), "the process reports while its log is stuck");
    expect(JSON.parse(answer)).toEqual({ dropped: expect.toSatisfy((n: number) => n > 1500), isAlive: true });
    child.stderr.destroy();
    child.kill("SIGKILL");
    await once(child, "exit");
  });

  it("keeps working when the reader closes the pipe", async () => {
    const child = inProcess(`
      process.stdin.once("data", async () => {
        sink.write("lost\\n");
        await sink.flush(5000);
        sink.write("lost too\\n");
        await sink.flush(5000);
        process.stdout.write(String(sink.droppedTotal));
        process.exit(0);
      });
      process.stdout.write("ready ");
    `);
    let answer = "";
    child.stdout.on("data", (part) => (answer += String(part)));
    await until(() => answer === "ready ", "the process is up");
    child.stderr.destroy();
    await until(() => child.stderr.destroyed && child.stderr.closed, "the pipe is closed");
    child.stdin.write("go\n");
    const [code] = (await once(child, "exit")) as [number];
    expect(code).toBe(0);
    expect(answer).toBe("ready 2");
  });
});
