/** The command in a process of its own: signals and memory. */
import { spawn } from "node:child_process";
import { createWriteStream, readdirSync, readlinkSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { finished } from "node:stream/promises";
import { describe, expect, it, onTestFinished } from "vitest";

import { readBaseline } from "../../../src/drift/baseline/baseline-file.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { until } from "../../support/until.ts";
import { startProgram } from "../support/program.ts";

/** True when a process has a file open. */
function isReading(pid: number, file: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === file);
  } catch {
    return false;
  }
}

describe("outrider baseline build as a process", () => {
  it("stops at a signal and leaves nothing behind", async () => {
    const directory = await temporaryDirectory();
    const input = path.join(directory, "a.csv");
    await writeFile(input, `a,b\n${"1,x\n".repeat(3_000_000)}`);
    const program = startProgram(["baseline", "build", "--input", input, "-o", path.join(directory, "b.json")]);
    await until(() => program.child.pid !== undefined, "the program did not start");
    // The handler of the signal is there before the first byte is read; before that the signal ends it by itself.
    await until(() => isReading(program.child.pid!, input), "the program does not read", 30_000);
    program.child.kill("SIGINT");
    expect(await program.ended).toBe(130);
    expect(await readdir(directory)).toEqual(["a.csv"]);
    expect(program.output()).toBe("");
  });

  it("reads a file whose rows are larger than its heap", async () => {
    const directory = await temporaryDirectory();
    const input = path.join(directory, "a.csv");
    const stream = createWriteStream(input);
    stream.write("number,word,id\n");
    // 20 MB on disk are 80 MB as rows in memory, where this heap has no room for them.
    for (let block = 0; block < 60; block++) {
      const lines = Array.from(
        { length: 10_000 },
        (_, row) => `${Math.sin(block * 10_000 + row)},w${row % 9},user-${block * 10_000 + row}`,
      );
      if (!stream.write(`${lines.join("\n")}\n`)) await new Promise((resolve) => stream.once("drain", resolve));
    }
    stream.end();
    await finished(stream);
    const main = path.resolve(import.meta.dirname, "../../../src/main.ts");
    const output = path.join(directory, "b.json");
    const child = spawn(
      process.execPath,
      ["--max-old-space-size=64", main, "baseline", "build", "--input", input, "-o", output],
      {
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    onTestFinished(() => void child.kill("SIGKILL"));
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    const exitCode = await new Promise((resolve) => child.once("close", resolve));
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: "" });
    expect(readBaseline(await readFile(output, "utf8"))).toMatchObject({
      kind: "baseline",
      baseline: {
        source: { rows: 600_000 },
        features: [
          { kind: "numeric" },
          { kind: "categorical", distinct: 9 },
          { kind: "categorical", note: "many_values" },
        ],
      },
    });
  });
});
