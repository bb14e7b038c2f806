import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { readmeMarkers } from "../../bench/report/readme-table.ts";
import { readArguments } from "../../src/cli/program/arguments.ts";
import { findCommand } from "../../src/cli/program/dispatch.ts";
import { flagsOf } from "../../src/cli/program/table.ts";
import { loadConfig } from "../../src/config/load.ts";
import { formatMistakes } from "../../src/config/mistake.ts";
import { writeBaseline } from "../../src/drift/baseline/baseline-file.ts";
import { metricCatalogue } from "../../src/metrics/catalogue/catalogue.ts";
import { dispatched } from "../cli/support/recorded-context.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { baselineOf, numeric } from "../drift/support/some-baselines.ts";
import { anchors, commandLines, localLinks, parsePage, readPage, readPages, rootDir, type Page } from "./markdown.ts";

const pages = readPages();
const written = pages.filter(({ file }) => !file.startsWith("docs/reference/"));

/** Links of a page that lead nowhere. */
function brokenLinks(page: Page): readonly string[] {
  return localLinks(page).filter((link) => {
    const [target = "", anchor] = link.split("#");
    const file = target === "" ? page.file : path.join(path.dirname(page.file), target);
    if (!existsSync(path.join(rootDir, file))) return true;
    return anchor !== undefined && !(file.endsWith(".md") && anchors(readPage(file)).has(anchor));
  });
}

describe("links between pages", () => {
  it.each(pages.map((page) => [page.file, page] as const))("of %s lead somewhere", (_, page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it("are noticed when they do not", () => {
    const text = "[a](gone.md) [b](README.md#gone) `[c](code.md)` [d](README.md#status)\n```\n[e](code.md)\n```\n";
    expect(brokenLinks(parsePage("planted.md", text))).toEqual(["gone.md", "README.md#gone"]);
  });

  it("lead to every decision from its table", () => {
    const files = readdirSync(path.join(rootDir, "docs/decisions")).filter((file) => file !== "README.md");
    const links = localLinks(readPage("docs/decisions/README.md")).filter((link) => !link.startsWith("../"));
    expect(new Set(links)).toEqual(new Set(files));
  });
});

describe("the README", () => {
  const text = readFileSync(path.join(rootDir, "README.md"), "utf8");

  it("has at most 150 lines", () => {
    expect(text.split("\n").length).toBeLessThanOrEqual(151);
  });

  it("has a place for the bench's table", () => {
    expect(text.indexOf(readmeMarkers.begin)).toBeGreaterThan(0);
    expect(text.indexOf(readmeMarkers.end)).toBeGreaterThan(text.indexOf(readmeMarkers.begin));
  });
});

describe("names in the pages", () => {
  it.each(written.map((page) => [page.file, page] as const))("of %s exist: npm scripts and metrics", (_, page) => {
    const text = [page.prose, ...page.blocks.flatMap(({ lines }) => lines)].join("\n");
    const scripts = [...text.matchAll(/npm run (?<name>[a-z0-9:-]+)/g)].map((match) => match.groups?.["name"] ?? "");
    expect(scripts.filter((name) => !(name in packageJson.scripts))).toEqual([]);
    const metrics = [...text.matchAll(/\boutrider_[a-z0-9_]*[a-z0-9]/g)].map(([name]) => name);
    expect(metrics.filter((name) => !isMetric(name))).toEqual([]);
  });
});

/** A metric, a series of a histogram, or a beginning that several metrics share (for `grep`). */
function isMetric(name: string): boolean {
  const known = Object.keys(metricCatalogue);
  return known.includes(name.replace(/_(?:bucket|sum|count)$/, "")) || known.some((one) => one.startsWith(`${name}_`));
}

const ownCommands = written.flatMap((page) =>
  commandLines(page, ["outrider"]).map((words) => [words.join(" "), words.slice(1)] as const),
);

describe("commands in the pages", () => {
  it("are found", () => {
    expect(ownCommands.length).toBeGreaterThan(10);
  });

  it.each(ownCommands)("%s: is right", async (_, words) => {
    const found = findCommand(words);
    if (found === undefined) throw new Error("there is no such command");
    const { command, length } = found;
    expect(readArguments(words.slice(length), command, flagsOf(command)).mistakes).toEqual([]);
    if (!command.takesConfig) return;
    // `check` takes the flags of `run` and starts nothing.
    const shown = await dispatched(command.name === "run" ? ["check", ...words.slice(1)] : words);
    expect(shown).toMatchObject({ exitCode: 0, errors: "" });
  });
});

/** Blocks that begin with this line are whole configuration files. */
const configMark = "# outrider.yaml";

/** Where the pages say that a baseline lies; it is looked into when a configuration is checked. */
const baselinePlace = "/etc/outrider/baseline.json";

async function mistakesOf(text: string): Promise<string> {
  const folder = await temporaryDirectory();
  const file = path.join(folder, "outrider.yaml");
  const baseline = path.join(folder, "baseline.json");
  const source = { kind: "file", name: "validation.csv", digest: "", rows: 200 } as const;
  await writeFile(baseline, writeBaseline(baselineOf([numeric("age", [18, 40, 90])], { source })));
  await writeFile(file, text.replaceAll(baselinePlace, baseline));
  const result = await loadConfig({ file, environment: {}, flags: [], isUpstreamRequired: true });
  return result.kind === "mistakes" ? formatMistakes(result.mistakes) : "";
}

describe("configuration files in the pages", () => {
  const blocks = pages.flatMap(({ file, blocks: all }) =>
    all.filter(({ lines }) => lines[0] === configMark).map(({ lines }) => [file, lines.join("\n")] as const),
  );
  const examples = readdirSync(path.join(rootDir, "examples")).filter((file) => file.endsWith(".yaml"));

  it("are found", () => {
    expect(blocks.length).toBeGreaterThan(1);
    expect(examples).toContain("outrider.yaml");
  });

  it.each(blocks)("in %s are right: %s", async (_, text) => {
    expect(await mistakesOf(text)).toBe("");
  });

  it.each(examples)("in examples/%s are right", async (file) => {
    expect(await mistakesOf(readFileSync(path.join(rootDir, "examples", file), "utf8"))).toBe("");
  });

  it("are noticed when they are not", async () => {
    expect(await mistakesOf(`${configMark}\nupstreams: http://127.0.0.1:1\n`)).toContain("upstreams");
  });
});

describe("the architecture page", () => {
  const { prose, blocks } = readPage("docs/architecture.md");
  const text = [prose, ...blocks.flatMap(({ lines }) => lines)].join("\n");
  const entries = readdirSync(path.join(rootDir, "src"), { withFileTypes: true });

  it("names every folder and file of src, and none that is not there", () => {
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => `src/${name}/`);
    const named = [...text.matchAll(/`(?<folder>src\/[a-z0-9-]+\/)`/g)].map((match) => match.groups?.["folder"]);
    expect(new Set(named)).toEqual(new Set(folders));
    const files = entries.filter((entry) => entry.name.endsWith(".ts")).map(({ name }) => name);
    expect(files.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });

  it("names no file that is not there", () => {
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const named = text.match(new RegExp(`(?<![/\\w-])(?:${folders.join("|")})(?:/[a-z0-9-]+)+`, "g")) ?? [];
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((file) => !existsSync(path.join(rootDir, "src", `${file}.ts`)))).toEqual([]);
  });

  it("says where to add something, and every place is there", () => {
    const section = /## To add something, go to\n(?<table>[^]*?)\n## /.exec(text)?.groups?.["table"] ?? "";
    const rows = section.split("\n").filter((line) => /^\| an? /.test(line));
    expect(rows.map((row) => row.split("|")[1]?.trim())).toEqual(
      expect.arrayContaining([
        "a metric",
        "a sink of the prediction log",
        "a drift statistic",
        "a command",
        "an admin route",
        "a serving protocol",
      ]),
    );
    const places = [...section.matchAll(/`(?<place>(?:src|test)\/[^`…]+)`/g)].map((match) => match.groups?.["place"]);
    expect(places.length).toBeGreaterThan(rows.length);
    expect(places.filter((place) => !existsSync(path.join(rootDir, place ?? "")))).toEqual([]);
    expect(globSync("src/**/*-families.ts", { cwd: rootDir }).length).toBeGreaterThan(0);
    expect(globSync("src/cli/*/commands.ts", { cwd: rootDir }).length).toBeGreaterThan(1);
  });
});
