import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";

import { fileLayer } from "../../../src/config/layers/file-layer.ts";
import type { Layer } from "../../../src/config/layers/layer.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

async function layerOf(text: string | Uint8Array): Promise<Layer> {
  const file = path.join(await temporaryDirectory(), "outrider.yaml");
  await writeFile(file, text);
  return fileLayer(file);
}

/** Path, input and line of each value. */
async function valuesOf(text: string): Promise<unknown[]> {
  const { entries, mistakes } = await layerOf(text);
  expect(mistakes).toEqual([]);
  return entries.map(({ row, input, origin }) => [row.path, input, origin.kind === "file" ? origin.line : 0]);
}

/** Line, path, problem and nearest name of each mistake. */
async function mistakesOf(text: string | Uint8Array): Promise<unknown[]> {
  const { mistakes } = await layerOf(text);
  return mistakes.map(({ origin, path, problem, nearest }) => [
    origin.kind === "file" ? `${origin.line}:${origin.column}` : "",
    path,
    problem,
    nearest,
  ]);
}

describe("the configuration file", () => {
  it("gives each value with its line", async () => {
    const text =
      'upstream: "http://a:1"\n# a comment\nlimits:\n  head_bytes: 32KiB\n  queued: 5\nlog: { access: true }\n';
    expect(await valuesOf(text)).toEqual([
      ["upstream", "http://a:1", 1],
      ["limits.head_bytes", "32KiB", 4],
      ["limits.queued", 5, 5],
      ["log.access", true, 6],
    ]);
  });

  it("may be empty, hold comments alone, and have sections without lines", async () => {
    expect(await valuesOf("")).toEqual([]);
    expect(await valuesOf("# nothing\n---\n")).toEqual([]);
    expect(await valuesOf("limits:\n#  queued: 5\nlog:\n")).toEqual([]);
  });

  it("keeps the digits of a version that looks like a number", async () => {
    expect(await valuesOf("model:\n  version: 1.10\n  name: 007\n")).toEqual([
      ["model.version", "1.10", 2],
      ["model.name", "007", 3],
    ]);
  });

  it("takes an anchor used a few times", async () => {
    expect(await valuesOf("routes:\n  allow: &rules [GET /a]\n  deny: *rules\n")).toEqual([
      ["routes.allow", ["GET /a"], 2],
      ["routes.deny", ["GET /a"], 3],
    ]);
  });

  it("names an unknown key with its line and what was probably meant", async () => {
    expect(
      await mistakesOf("limts:\n  queued: 1\nlimits:\n  qeued: 1\n  access: true\nhead_bytes: 5\nzzz: 1\n"),
    ).toEqual([
      ["1:1", "limts", "unknown field", "limits"],
      ["4:3", "limits.qeued", "unknown field", "limits.queued"],
      ["5:3", "limits.access", "unknown field", "log.access"],
      ["6:1", "head_bytes", "unknown field", "limits.head_bytes"],
      ["7:1", "zzz", "unknown field", undefined],
    ]);
  });

  it("names a repeated key, a tab, a missing value and a value in place of a section", async () => {
    const mistakes = await mistakesOf(
      "listen: 0.0.0.0:1\nlisten: 0.0.0.0:2\nlimits:\n\tqueued: 1\nlog: 5\nprotocol:\n",
    );
    expect(mistakes).toEqual(
      expect.arrayContaining([
        ["2:1", "", "this key occurs more than once in its section", undefined],
        ["4:1", "", expect.stringContaining("with a tab"), undefined],
        ["5:1", "log", "this is a section, not a value", undefined],
        ["6:1", "protocol", expect.stringContaining("the value is missing"), undefined],
      ]),
    );
  });

  it.each([
    ["a list", "- upstream\n", /not a mapping/],
    ["a word", "upstream\n", /not a mapping/],
    ["an open quote", 'listen: "0.0.0.0\n', /not YAML/],
    ["two documents", "listen: a\n---\nlisten: b\n", /not YAML/],
    ["an unknown tag", "listen: !secret a\n", /not YAML/],
    ["an alias without its anchor", "listen: *nothing\n", /not YAML|missing/],
  ])("refuses %s", async (_, text, problem) => {
    const mistakes = await layerOf(text);
    expect(mistakes.mistakes.map((mistake) => mistake.problem)).toEqual(
      expect.arrayContaining([expect.stringMatching(problem)]),
    );
  });

  it("stops aliases that would grow a small file into a large value", async () => {
    const levels = Array.from({ length: 9 }, (_, index) => `&a${index + 1} [${Array(9).fill(`*a${index}`).join(",")}]`);
    const text = `routes:\n  allow: [&a0 [x], ${levels.join(", ")}]\n`;
    expect(await mistakesOf(text)).toEqual([["2:3", "routes.allow", expect.stringContaining("aliases"), undefined]]);
  });

  it("stops nesting that no configuration needs", async () => {
    const { entries, mistakes } = await layerOf("[".repeat(500_000));
    expect(entries).toEqual([]);
    expect(mistakes.length).toBeGreaterThan(0);
  });

  it("refuses a file of more than 1 MiB, one that is not UTF-8, a missing one, and a directory", async () => {
    expect(await mistakesOf("#".repeat(1_048_577))).toEqual([["1:1", "", "the file is larger than 1 MiB", undefined]]);
    expect(await mistakesOf("#".repeat(1_048_576))).toEqual([]);
    expect(await mistakesOf(Uint8Array.of(0x23, 0xff))).toEqual([["1:1", "", "the file is not UTF-8 text", undefined]]);
    const directory = await temporaryDirectory();
    expect((await fileLayer(directory)).mistakes[0]?.problem).toMatch(/directory/);
    expect((await fileLayer(path.join(directory, "absent.yaml"))).mistakes[0]?.problem).toMatch(/no such file/);
  });
});
