import { describe, expect, it } from "vitest";

import { readArguments } from "../../../src/cli/program/arguments.ts";
import { findCommand } from "../../../src/cli/program/dispatch.ts";
import { commands, flagsOf } from "../../../src/cli/program/table.ts";
import { fieldRows } from "../../../src/config/table/table.ts";
import { dispatched } from "../support/recorded-context.ts";

const named = commands.map((command) => [command.name, command] as const);

describe("the table of commands", () => {
  it.each(named)("%s: has no flag twice", (_, command) => {
    const names = flagsOf(command).flatMap((flag) => [flag.name, ...(flag.alias === undefined ? [] : [flag.alias])]);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(named)("%s: has a flag for every field where it takes the configuration", (_, command) => {
    const names = new Set<string>(flagsOf(command).map((flag) => flag.name));
    expect(fieldRows.every((row) => names.has(row.flag))).toBe(command.takesConfig);
  });

  it.each(named)("%s: has examples that its own reader takes", (_, command) => {
    expect(command.examples.length).toBeGreaterThan(0);
    for (const { line } of command.examples) {
      const [, words = ""] = /outrider ([^>)]*)/.exec(line) ?? [];
      const list = words.trim().split(" ");
      const found = findCommand(list);
      expect(found?.command.name).toBe(command.name);
      expect(readArguments(list.slice(found?.length ?? 0), command, flagsOf(command)).mistakes).toEqual([]);
    }
  });

  it.each(named)("%s: explains itself with examples, flags and exit codes", async (name, command) => {
    const { exitCode, output, errors } = await dispatched([...name.split(" "), "--help"]);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: "" });
    expect(output).toContain(command.summary);
    for (const { line } of command.examples) expect(output).toContain(line);
    for (const flag of command.flags) expect(output).toContain(flag.name);
    for (const { code } of command.exitCodes) expect(output).toContain(`\n  ${code}  `);
    expect(await dispatched(["help", ...name.split(" ")])).toEqual({ exitCode, output, errors });
  });

  it.each(named)("%s: help is text of at most 100 columns but for lines to copy", async (name, command) => {
    const { output } = await dispatched(["help", ...name.split(" "), "--all"]);
    const examples = new Set(command.examples.map((example) => `  ${example.line}`));
    for (const line of output.split("\n").filter((text) => !examples.has(text))) {
      expect(line.length, line).toBeLessThanOrEqual(100);
    }
  });

  it("shows the common flags first and all when asked", async () => {
    const brief = (await dispatched(["run", "--help"])).output;
    const complete = (await dispatched(["run", "--help", "--all"])).output;
    expect(brief).toContain("--upstream URL");
    expect(brief).not.toContain("--limits-queued");
    expect(brief).toContain("outrider help run --all");
    for (const row of fieldRows) expect(complete).toContain(row.flag);
    expect(complete).not.toContain("--all");
  });

  it("shows at most 20 settings in the help of run", async () => {
    const { output } = await dispatched(["help", "run"]);
    const settings = output.split("\n").filter((line) => /^ {2}--/.test(line));
    expect(settings.length).toBeGreaterThan(10);
    expect(settings.length).toBeLessThanOrEqual(20);
  });
});
