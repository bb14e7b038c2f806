import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { adminRoutes } from "../../src/admin/routes.ts";
import { commands, flagsOf } from "../../src/cli/program/table.ts";
import { fieldRows, sections } from "../../src/config/table/table.ts";
import { detailStatistics } from "../../src/drift/monitor/drift-families.ts";
import { driftStates } from "../../src/drift/verdict/history.ts";
import { labelResults } from "../../src/accuracy/join/label-join.ts";
import { metricCatalogue } from "../../src/metrics/catalogue/catalogue.ts";
import { entryDropReasons, retryReasons } from "../../src/prediction-log/destination.ts";
import { keepSkipReasons } from "../../src/prediction-log/prediction-log-counters.ts";
import { keepReasons } from "../../src/prediction-log/prediction-record.ts";
import { redactionActions } from "../../src/redaction/redaction-rule.ts";
import { textPatternNames } from "../../src/redaction/text-patterns.ts";
import { parsePage, readPage, readPages, type Page } from "./markdown.ts";

const guides = readPages().filter(({ file }) => file.startsWith("docs/guides/"));

/** All of a page: what people read and what they paste. */
function textOf({ prose, blocks }: Page): string {
  return [prose, ...blocks.flatMap(({ lines }) => lines)].join("\n");
}

/** What stands between single backticks. */
function inlineCode({ prose }: Page): readonly string[] {
  return [...prose.matchAll(/`(?<code>[^`\n]+)`/g)].map((match) => match.groups?.["code"] ?? "");
}

const metricsByName: ReadonlyMap<string, { readonly labels: readonly string[] }> = new Map(
  Object.entries(metricCatalogue),
);
const seriesEnd = /_(?:bucket|sum|count)$/;

/** Names of metrics that do not exist; unlike elsewhere, a name must be whole. */
function unknownMetrics(page: Page): readonly string[] {
  const names = [...textOf(page).matchAll(/\boutrider_[a-z0-9_]*[a-z0-9]/g)].map(([name]) => name);
  return names.filter((name) => !metricsByName.has(name) && !metricsByName.has(name.replace(seriesEnd, "")));
}

/** Labels of selectors that their metric does not have, as `metric.label`. */
function unknownLabels(page: Page): readonly string[] {
  const selectors = textOf(page).matchAll(/\b(?<metric>outrider_[a-z0-9_]+)\{(?<labels>[^}]*)\}/g);
  return [...selectors].flatMap(({ groups }) => {
    const metric = groups?.["metric"] ?? "";
    const own = metricsByName.get(metric.replace(seriesEnd, ""))?.labels ?? [];
    const known: readonly string[] = seriesEnd.test(metric) ? [...own, "le"] : own;
    const labels = [...(groups?.["labels"] ?? "").matchAll(/(?<label>\w+)\s*[=!]/g)].map(
      (match) => match.groups?.["label"] ?? "",
    );
    return labels.filter((label) => !known.includes(label)).map((label) => `${metric}.${label}`);
  });
}

const fieldPaths: readonly string[] = fieldRows.map(({ path }) => path);
const sectionNames: readonly string[] = sections.map(({ name }) => name).filter((name) => name !== "");

/** `section.field` in backticks, perhaps with a value (`log.format: human`), that is no field; `routes.*` is a section. */
function unknownFields(page: Page): readonly string[] {
  const candidates = inlineCode(page)
    .map((code) => /^(?<path>[a-z]+\.(?:[a-z_]+|\*))(?::.*)?$/.exec(code)?.groups?.["path"] ?? "")
    .filter((path) => sectionNames.includes(path.split(".")[0] ?? ""))
    .filter((path) => !path.endsWith(".md"));
  return candidates.filter((path) => !path.endsWith(".*") && !fieldPaths.includes(path));
}

const knownFlags: ReadonlySet<string> = new Set(
  commands.flatMap((command) => flagsOf(command).map(({ name }) => name as string)),
);

/** Flags in backticks of the running text that no command has. Commands in blocks are run by another test. */
function unknownFlags(page: Page): readonly string[] {
  const flags = inlineCode(page).flatMap((code) => (/^--[a-z]/.test(code) ? [code.split(/[\s=]/)[0] ?? ""] : []));
  return flags.filter((flag) => !knownFlags.has(flag.replace(/^--no-/, "--")) && !knownFlags.has(flag));
}

/** `GET /path` in backticks, and calls of the admin port, that it does not answer. */
function unknownAdminPaths(page: Page): readonly string[] {
  const called = [...textOf(page).matchAll(/:18090(?<path>\/[a-z/]*[a-z])/g)].map(
    (match) => match.groups?.["path"] ?? "",
  );
  const named = inlineCode(page).map((code) =>
    /^(?:GET|POST) (?<path>\/(?:drift|accuracy|fleet|labels).*)$/.exec(code),
  );
  const paths = [...called, ...named.flatMap((match) => match?.groups?.["path"] ?? [])];
  return paths.filter((path) => !Object.values(adminRoutes).some((route) => route.path === path));
}

describe("names in the guides", () => {
  it.each(guides.map((page) => [page.file, page] as const))("of %s exist", (_, page) => {
    expect(unknownMetrics(page)).toEqual([]);
    expect(unknownLabels(page)).toEqual([]);
    expect(unknownFields(page)).toEqual([]);
    expect(unknownFlags(page)).toEqual([]);
    expect(unknownAdminPaths(page)).toEqual([]);
  });

  it("are noticed when they do not", () => {
    const page = parsePage(
      "planted.md",
      [
        "`outrider_drift_scores` and `outrider_drift` of `drift.windows_ms`, `--drift-windows-ms 1s`, `GET /drifts`,",
        "but `outrider_drift_score`, `drift.window_ms`, `log.format: human`, `routes.*`, `--no-log-access`, `GET /drift`",
        "```",
        'outrider_drift_score{features="x", kind="feature"} outrider_upstream_seconds_bucket{le="0.1"}',
        "curl -s http://127.0.0.1:18090/metric",
        "```",
      ].join("\n"),
    );
    expect(unknownMetrics(page)).toEqual(["outrider_drift_scores", "outrider_drift"]);
    expect(unknownLabels(page)).toEqual(["outrider_drift_score.features"]);
    expect(unknownFields(page)).toEqual(["drift.windows_ms"]);
    expect(unknownFlags(page)).toEqual(["--drift-windows-ms"]);
    expect(unknownAdminPaths(page)).toEqual(["/metric", "/drifts"]);
  });
});

function expectRules({ blocks }: Page): void {
  const block = blocks.find(({ lines }) => lines[0] === "groups:") ?? expect.fail("there are no rules");
  const { groups } = parse(block.lines.join("\n")) as {
    readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  expect(rules.every(({ expr }) => expr.includes("outrider_"))).toBe(true);
}

describe("the guide to drift", () => {
  const page = readPage("docs/guides/drift.md");
  const code = inlineCode(page);

  it.each([
    ["statistic of outrider_drift_detail", detailStatistics],
    ["state", driftStates],
    ["result of a label", labelResults],
    ["field about drift and labels", fieldPaths.filter((path) => /^(?:inference|labels)\./.test(path))],
  ] as const)("explains every %s", (_, names) => {
    const inBlocks = new Set(page.blocks.flatMap(({ lines }) => lines.map((line) => line.trim().split(":")[0])));
    const isIn = (name: string): boolean => code.includes(name) || inBlocks.has(name.split(".").at(-1));
    expect(names.filter((name) => !isIn(name))).toEqual([]);
  });

  it("has rules that Prometheus can load: names that differ, an expression each", () => {
    expectRules(page);
  });
});

/** First cells of the rows of the page's tables, as far as they are code; `a`, `b` are two. */
function tableSubjects({ prose }: Page): readonly string[] {
  const cells = [...prose.matchAll(/^\| *(?<cell>`[^|]*`)[^|`]*\|/gm)].map((match) => match.groups?.["cell"] ?? "");
  return cells.flatMap((cell) => [...cell.matchAll(/`(?<code>[^`]+)`/g)].map((match) => match.groups?.["code"] ?? ""));
}

describe("the guide to the log of predictions", () => {
  const page = readPage("docs/guides/prediction-log.md");
  const subjects = tableSubjects(page);

  it.each([
    ["reason for keeping an exchange", keepReasons],
    ["reason for not keeping one", keepSkipReasons],
    ["reason for giving up a record", entryDropReasons],
    ["reason for a retry", retryReasons],
  ] as const)("has a row for every %s", (_, names) => {
    expect(names.filter((name) => !subjects.includes(name))).toEqual([]);
  });

  it.each([
    ["field about it", fieldPaths.filter((path) => /^(?:predictions|redaction|loki)\./.test(path))],
    ["action of redaction", redactionActions],
    ["pattern of redaction", textPatternNames],
  ] as const)("explains every %s", (_, names) => {
    const code = inlineCode(page);
    expect(names.filter((name) => !code.includes(name))).toEqual([]);
  });

  it("would be missing a row that is only spoken of", () => {
    const planted = parsePage(
      "planted.md",
      "`too_old`\n| `refused`, `stopped` | of `queue_full` |\n| x `too_new` | y |\n",
    );
    expect(tableSubjects(planted)).toEqual(["refused", "stopped"]);
  });

  it("has rules that Prometheus can load: names that differ, an expression each", () => {
    expectRules(page);
  });
});
