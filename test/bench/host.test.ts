import { afterEach, describe, expect, it } from "vitest";
import { untilAnswered } from "../../bench/host/answers.ts";
import { freePort } from "../../bench/host/ports.ts";
import { cpuMicroseconds, mainThreadCpuMicroseconds, processTree, residentBytes } from "../../bench/host/processes.ts";
import { runProgram, startProgram, stopAllPrograms } from "../../bench/host/program.ts";
import { until } from "../support/until.ts";

const node = (script: string): { command: string; args: string[] } => ({
  command: process.execPath,
  args: ["--input-type=module", "-e", script],
});

afterEach(stopAllPrograms);

describe("what the bench reads of a process", () => {
  it("counts the CPU time of all threads, and that of the first one apart", async () => {
    const program = startProgram(
      node(`
        import { Worker } from "node:worker_threads";
        const burn = "const end = Date.now() + 400; while (Date.now() < end);";
        await new Promise((resolve) => new Worker(burn, { eval: true }).once("exit", resolve));
        console.log("burnt"); setInterval(() => {}, 1000);`),
    );
    await until(() => program.stdout().includes("burnt"), "the thread to be done");
    const all = cpuMicroseconds(program.pids());
    const main = mainThreadCpuMicroseconds(program.pid);
    expect(main).toBeGreaterThan(0);
    // The other thread burnt 400 ms of wall time; on a busy machine it got only a part of them.
    expect(all - main).toBeGreaterThan(40_000);
    expect(residentBytes([program.pid])).toBeGreaterThan(20e6);
  });

  it("finds the children of a process, and nothing once they are gone", async () => {
    const program = startProgram({ command: "sh", args: ["-c", "sleep 60 & sleep 60 & wait"] });
    await until(() => program.pids().length === 3, "the children");
    const family = program.pids();
    expect(family[0]).toBe(program.pid);
    process.kill(family[1] ?? -1);
    process.kill(family[2] ?? -1);
    await program.ended;
    expect(processTree(program.pid)).toEqual([]);
    expect(cpuMicroseconds(family)).toBe(0);
  });
});

describe("programs of the bench", () => {
  it("are ended on stop even when they ignore SIGTERM", { timeout: 20_000 }, async () => {
    const program = startProgram(
      node(`process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000);`),
    );
    await until(() => program.stdout().includes("up"), "the start");
    await program.stop();
    expect(program.isRunning()).toBe(false);
  });

  it("that fail give their last lines in the error", async () => {
    await expect(runProgram(node(`console.error("no such thing"); process.exitCode = 3;`))).rejects.toThrow(
      /ended with 3:\nno such thing/,
    );
    await expect(runProgram({ command: "/nonexistent/program", args: [] })).rejects.toThrow(/nonexistent/);
  });

  it("that end before they answer are not waited for", async () => {
    const program = startProgram(node(`console.error("cannot bind"); process.exitCode = 1;`));
    await expect(untilAnswered(program, await freePort(), "/")).rejects.toThrow(/cannot bind/);
  });
});
