import { chmod, mkdir, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";

import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { startProgram } from "../support/program.ts";
import { linesOf, logDirectory, logName, recordAt, timeAfterNoon } from "./log.ts";
import { dispatched, type Recorded } from "../support/recorded-context.ts";

async function shown(directory: string, ...words: readonly string[]): Promise<Recorded> {
  return dispatched(["predictions", "--directory", directory, ...words]);
}

/** The ids of the records that were printed. */
async function idsOf(directory: string, ...words: readonly string[]): Promise<readonly string[]> {
  const { output, exitCode, errors } = await shown(directory, "--json", ...words);
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: "" });
  const lines = output.split("\n").slice(0, -1);
  return lines.map((line) => (JSON.parse(line) as { readonly request_id: string }).request_id);
}

describe("outrider predictions", () => {
  it("prints a line for each record", async () => {
    const directory = await logDirectory(
      linesOf([
        recordAt(0, { prediction: [0.71234, "yes", true, null, 5], rows: 5, score: [0.9] }),
        recordAt(1500, {
          outcome: "timeout",
          status: 504,
          model: "",
          version: "",
          variant: "canary",
          prediction: [],
          rows: 0,
          latency_ms: { total: 30_000, first_byte: 0, upstream: 0, queue: 0 },
          sampling: { reason: "timeout", probability: 1 },
        }),
      ]),
    );
    expect(await shown(directory)).toEqual({
      exitCode: 0,
      errors: "",
      output: [
        "2020-11-25T12:00:00.000Z  ok        200  iris@1    stable       12 ms  0.7123, yes, true +2  0.9     sample   r0",
        "2020-11-25T12:00:01.500Z  timeout   504  -         canary        30 s  -                     -       timeout  r1500",
        "",
      ].join("\n"),
    });
  });

  it("prints the records as they are with --json", async () => {
    const line = '{"schema":1, "later":[1],  "time":"2020-11-25T12:00:00.000000000Z"';
    const text = JSON.stringify(recordAt(0)).replace(/^\{"schema":1,"time":"[^"]*"/, line);
    const directory = await logDirectory(`${text}\n`);
    expect(await shown(directory, "--json")).toEqual({ exitCode: 0, errors: "", output: `${text}\n` });
  });

  it("puts the records of several processes in the order of time", async () => {
    const directory = await logDirectory(
      linesOf([recordAt(0), recordAt(30), recordAt(50)]),
      linesOf([recordAt(10), recordAt(20), recordAt(60)]),
      linesOf([recordAt(55)]),
    );
    expect(await idsOf(directory)).toEqual(["r0", "r10", "r20", "r30", "r50", "r55", "r60"]);
  });

  it("takes the last ones only", async () => {
    const directory = await logDirectory(
      linesOf([recordAt(0), recordAt(30)]),
      linesOf([recordAt(10), recordAt(20), recordAt(40)]),
    );
    expect(await idsOf(directory, "--limit", "2")).toEqual(["r30", "r40"]);
    expect(await idsOf(directory, "--limit", "5")).toEqual(["r0", "r10", "r20", "r30", "r40"]);
    expect(await idsOf(directory, "--limit", "9")).toEqual(["r0", "r10", "r20", "r30", "r40"]);
  });

  it("chooses by model, variant, outcome, identity and time", async () => {
    const directory = await logDirectory(
      linesOf([
        recordAt(0, { model: "churn" }),
        recordAt(1, { variant: "canary" }),
        recordAt(2, { outcome: "timeout" }),
        recordAt(3, { outcome: "upstream_error", label_id: "order 17" }),
        recordAt(4, { trace_id: "aaaabbbbccccddddeeeeffff00001111" }),
        recordAt(5),
      ]),
    );
    expect(await idsOf(directory, "--model", "churn")).toEqual(["r0"]);
    expect(await idsOf(directory, "--variant", "canary")).toEqual(["r1"]);
    expect(await idsOf(directory, "--outcome", "timeout,upstream_error")).toEqual(["r2", "r3"]);
    expect(await idsOf(directory, "--outcome", "timeout", "--outcome", "upstream_error")).toEqual(["r2", "r3"]);
    expect(await idsOf(directory, "--id", "r5")).toEqual(["r5"]);
    expect(await idsOf(directory, "--id", "order 17")).toEqual(["r3"]);
    expect(await idsOf(directory, "--id", "aaaabbbbccccddddeeeeffff00001111")).toEqual(["r4"]);
    const span = ["--since", "2020-11-25T12:00:00.002Z", "--until", "2020-11-25T13:00:00.004+01:00"];
    expect(await idsOf(directory, ...span)).toEqual(["r2", "r3"]);
    expect(await idsOf(directory, "--since", timeAfterNoon(5))).toEqual(["r5"]);
  });

  it("does not read a file that was last written before the time asked for", async () => {
    const directory = await logDirectory("this is no record\n", linesOf([recordAt(0)]));
    const before = new Date(Date.UTC(2020, 10, 25, 11, 50));
    await utimes(path.join(directory, logName(0, 0)), before, before);
    expect(await idsOf(directory, "--since", "2020-11-25T12:00:00Z")).toEqual(["r0"]);
    expect((await shown(directory)).errors).toContain("1 line skipped");
  });

  it("skips malformed lines, and reports them at the end", async () => {
    const directory = await logDirectory(
      `${linesOf([recordAt(0)])}what is this\n\n${linesOf([recordAt(2)])}{"schema":1}\n`,
      `${linesOf([recordAt(1)])}{"schema":1,"time":"2020-11-25T12:00:00.0`,
    );
    const { output, errors, exitCode } = await shown(directory, "--json");
    expect(exitCode).toBe(0);
    expect(output).toBe(linesOf([recordAt(0), recordAt(1), recordAt(2)]));
    expect(errors).toBe(
      `outrider: 2 lines skipped, first ${logName(0, 0)}:2: it is not a JSON object\n` +
        "outrider: 1 incomplete line skipped at the end of a file: a process crashed, or is writing\n",
    );
  });

  it("takes a last record whose line has no end", async () => {
    const directory = await logDirectory(linesOf([recordAt(0), recordAt(1)]).trimEnd());
    expect(await idsOf(directory)).toEqual(["r0", "r1"]);
  });

  it("shows records of a newer schema and says so once", async () => {
    const newer = { ...recordAt(1), schema: 2, status: "fine" };
    const directory = await logDirectory(linesOf([recordAt(0), newer, newer]));
    const { output, errors } = await shown(directory);
    expect(output.split("\n").length).toBe(4);
    expect(errors).toBe(
      `outrider: some records have a newer schema than 1, first ${logName(0, 0)}:2: fields unknown to this version are ignored\n`,
    );
  });

  it("reads what spans many reads, and lines far longer than one", async () => {
    const long = recordAt(1, { features: [{ text: "é".repeat(600_000) }] });
    const many = Array.from({ length: 3000 }, (_, index) => recordAt(index + 2, { path: `/${"x".repeat(300)}` }));
    const directory = await logDirectory(linesOf([recordAt(0), long, ...many]));
    expect((await shown(directory, "--json")).output).toBe(linesOf([recordAt(0), long, ...many]));
  });

  it("says on a terminal what the columns are, in colours, within its width", async () => {
    const directory = await logDirectory(
      linesOf([recordAt(0), recordAt(1, { outcome: "upstream_error", status: 500, request_id: "\u001b[2Jevil" })]),
    );
    const terminal = { isTerminal: true, columns: 100 };
    const { output } = await dispatched(["predictions", "--directory", directory], terminal);
    const lines = output.split("\n").slice(0, -1);
    expect(lines[0]).toMatch(/^time {20} {2}outcome {2}code {2}model/);
    expect(lines[1]).toContain("\u001b[32mok\u001b[0m");
    expect(lines[2]).toContain("\u001b[31mupstream_error\u001b[0m");
    expect(output).not.toContain("\u001b[2J");
    for (const columns of [40, 80, 120]) {
      const narrow = await dispatched(["predictions", "--directory", directory], {
        isTerminal: true,
        columns,
        environment: { NO_COLOR: "1" },
      });
      for (const line of narrow.output.split("\n")) expect(line.length).toBeLessThanOrEqual(columns);
      expect(narrow.output).not.toContain("\u001b");
    }
  });

  it("finds the folder by the configuration of the sidecar", async () => {
    const directory = await logDirectory(linesOf([recordAt(0)]));
    const config = path.join(await temporaryDirectory(), "outrider.yaml");
    await writeFile(config, `upstream: http://127.0.0.1:8080\npredictions:\n  directory: ${directory}\n`);
    expect((await dispatched(["predictions", "--config", config, "--json"])).output).toBe(linesOf([recordAt(0)]));
    const environment = { OUTRIDER_PREDICTIONS_DIRECTORY: directory };
    expect((await dispatched(["predictions", "--json"], { environment })).output).toBe(linesOf([recordAt(0)]));
  });

  it("reports that no record matches", async () => {
    const directory = await logDirectory(linesOf([recordAt(0)]));
    const nothing = `No record in ${directory} matches.\n`;
    expect(await shown(directory, "--model", "x")).toEqual({ exitCode: 0, output: "", errors: nothing });
    const empty = await temporaryDirectory();
    expect((await shown(empty)).errors).toContain(`No record in ${empty}`);
  });

  it.each<[string, readonly string[], string]>([
    ["a folder that is not there", ["--directory", "/nowhere/at/all"], "the folder does not exist"],
    ["a file for a folder", ["--directory", import.meta.filename], "it is not a folder"],
    ["two places", ["--directory", "a", "--loki", "http://b"], "--directory and --loki exclude each other"],
    [
      "an outcome that is none",
      ["--outcome", "ok,timeot"],
      "--outcome timeot: there is no such outcome; did you mean timeout?",
    ],
    ["a time that is none", ["--since", "yesterday"], "--since yesterday: an age or a time is expected"],
    ["a span without time", ["--since", "1h", "--until", "2h"], "--since must be before --until"],
    ["a limit that is none", ["--limit", "0"], "--limit 0: a whole number from 1 to 10000 is expected"],
    ["a flag that is none", ["--outcomes", "ok"], "--outcomes: unknown flag"],
    ["a wrong configuration", ["--loki", "nothing"], "loki"],
  ])("refuses %s with exit code 2", async (_, words, message) => {
    const { exitCode, output, errors } = await dispatched(["predictions", ...words]);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: "" });
    expect(errors).toContain(message);
  });

  it("ignores subfolders and other files", async () => {
    const directory = await logDirectory(linesOf([recordAt(0)]));
    await mkdir(path.join(directory, "predictions-x-y.jsonl.d"));
    await writeFile(path.join(directory, "notes.txt"), "nothing of ours\n");
    await chmod(path.join(directory, "notes.txt"), 0o600);
    expect(await idsOf(directory)).toEqual(["r0"]);
  });

  it("loses nothing of a long log when the reader is slow", async () => {
    const many = Array.from({ length: 5000 }, (_, index) => recordAt(index));
    const directory = await logDirectory(linesOf(many));
    const program = startProgram(["predictions", "--directory", directory, "--json"]);
    program.child.stdout?.pause();
    const turn = setInterval(() => program.child.stdout?.resume(), 300);
    expect(await program.ended).toBe(0);
    clearInterval(turn);
    expect(program.output()).toBe(linesOf(many));
  });
});
