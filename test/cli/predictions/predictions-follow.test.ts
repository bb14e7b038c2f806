import { appendFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";

import { until } from "../../support/until.ts";
import { startProgram } from "../support/program.ts";
import { linesOf, logDirectory, logName, recordAt } from "./log.ts";

describe("outrider predictions --follow", () => {
  it("prints the last ten records, then new ones, and ends with 0 at Ctrl-C", async () => {
    const records = Array.from({ length: 12 }, (_, index) => recordAt(index));
    const directory = await logDirectory(linesOf(records));
    const program = startProgram(["predictions", "--directory", directory, "--follow", "--json"]);
    const lines = (): number => program.output().split("\n").length - 1;
    await until(() => lines() === 10, "the last ten", 60_000);
    await appendFile(path.join(directory, logName(0, 0)), `torn in the middle\n${linesOf([recordAt(20)])}`);
    await until(() => lines() === 11, "what comes");
    program.child.kill("SIGINT");
    expect(await program.ended).toBe(0);
    expect(program.output()).toBe(linesOf([...records.slice(2), recordAt(20)]));
    expect(program.errors()).toMatch(/^outrider: 1 line skipped, first .*:13: it is not a JSON object\n$/);
  });

  it("begins with all since a time, or with as many as --limit says", async () => {
    const directory = await logDirectory(linesOf(Array.from({ length: 30 }, (_, index) => recordAt(index))));
    const words = ["predictions", "--directory", directory, "-f", "--json"];
    const since = startProgram([...words, "--since", "2020-11-25T12:00:00.005Z"]);
    const limited = startProgram([...words, "--limit", "3"]);
    await until(() => since.output().split("\n").length === 26, "all since then", 60_000);
    await until(() => limited.output().split("\n").length === 4, "the last three", 60_000);
    await appendFile(path.join(directory, logName(0, 0)), linesOf([recordAt(40)]));
    await until(() => since.output().split("\n").length === 27, "what comes");
    await until(() => limited.output().split("\n").length === 5, "what comes");
    for (const { child, ended } of [since, limited]) {
      child.kill("SIGTERM");
      expect(await ended).toBe(0);
    }
  });

  it("ends at Ctrl-C even when its output is not read", async () => {
    const many = Array.from({ length: 5000 }, (_, index) => recordAt(index));
    const directory = await logDirectory(linesOf(many));
    const words = ["predictions", "--directory", directory, "-f", "--json", "--limit", "5000"];
    const program = startProgram(words);
    program.child.stdout?.pause();
    await until(() => (program.child.stdout?.readableLength ?? 0) > 0, "the pipe is full", 60_000);
    program.child.kill("SIGINT");
    await until(() => program.child.exitCode !== null, "it ends");
    program.child.stdout?.resume();
    expect(await program.ended).toBe(0);
  });
});
