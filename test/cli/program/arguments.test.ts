import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { readArguments } from "../../../src/cli/program/arguments.ts";
import type { FlagSpec, Invocation } from "../../../src/cli/program/command.ts";

const specs: readonly FlagSpec[] = [
  { name: "--listen", placeholder: "ADDRESS", doc: "" },
  { name: "--json", doc: "" },
  { name: "--output", alias: "-o", placeholder: "FILE", doc: "" },
];

const read = (...words: string[]): Invocation => readArguments(words, { maxOperands: 1 }, specs);

describe("the words after a command", () => {
  it("may give a flag's value as the next word or after an equals sign", () => {
    expect(read("--listen", "a:1").flags).toEqual([{ flag: "--listen", text: "a:1" }]);
    expect(read("--listen=a=1").flags).toEqual([{ flag: "--listen", text: "a=1" }]);
    expect(read("--listen=").flags).toEqual([{ flag: "--listen", text: "" }]);
    expect(read("--listen", "-1").flags).toEqual([{ flag: "--listen", text: "-1" }]);
  });

  it("may turn a switch on and off", () => {
    expect(read("--json").flags).toEqual([{ flag: "--json", text: "true" }]);
    expect(read("--no-json").flags).toEqual([{ flag: "--json", text: "false" }]);
    expect(read("--json=false").flags).toEqual([{ flag: "--json", text: "false" }]);
  });

  it("do not end at a mistake: all are reported", () => {
    const { mistakes, flags } = read("--listn", "x", "--jsn", "--json", "one", "two", "--listen");
    expect(mistakes.map(({ origin, problem, nearest }) => [origin, problem, nearest])).toEqual([
      [{ kind: "flag", name: "--listn" }, "unknown flag", "--listen"],
      [{ kind: "flag", name: "--jsn" }, "unknown flag", "--json"],
      [{ kind: "flag", name: "--listen" }, "the value is missing", undefined],
      [{ kind: "flag", name: "two" }, "unexpected argument", undefined],
    ]);
    expect(flags).toEqual([{ flag: "--json", text: "true" }]);
  });

  it("do not take the next flag for a value", () => {
    expect(read("--listen", "--json")).toMatchObject({
      flags: [{ flag: "--json" }],
      mistakes: [{ problem: "the value is missing", expected: "--listen ADDRESS" }],
    });
  });

  it("may call a flag by its short form", () => {
    expect(read("-o", "file").flags).toEqual([{ flag: "--output", text: "file" }]);
    expect(read("-o", "-").flags).toEqual([{ flag: "--output", text: "-" }]);
    expect(read("-o=file", "--output", "other").flags).toEqual([
      { flag: "--output", text: "file" },
      { flag: "--output", text: "other" },
    ]);
    expect(read("-o", "--json")).toMatchObject({
      flags: [{ flag: "--json" }],
      mistakes: [{ problem: "the value is missing", expected: "--output FILE" }],
    });
  });

  it("take no other short flags and no switch turned off that is none", () => {
    expect(read("-l", "a").mistakes).toHaveLength(1);
    expect(read("--no-listen").mistakes).toHaveLength(1);
    expect(read("--no-json=true").mistakes).toHaveLength(1);
  });

  it("are all operands after two dashes", () => {
    expect(read("--", "--json")).toEqual({ flags: [], operands: ["--json"], mistakes: [] });
  });

  it("never make it throw, and none is lost", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom("--json", "--listen", "-o", "--", "-"))), (words) => {
        const { flags, operands, mistakes } = read(...words);
        expect(flags.length * 2 + operands.length + mistakes.length * 2 + 1).toBeGreaterThanOrEqual(words.length);
      }),
    );
  });
});
