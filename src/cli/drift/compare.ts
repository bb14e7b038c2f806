import path from "node:path";

import { datasetFormats, type DatasetFormat } from "../../datasets/dataset.ts";
import { openDataset } from "../../datasets/open-dataset.ts";
import { FileDrift, type FileColumns } from "../../drift/monitor/file-drift.ts";
import { defaultThresholds, type Thresholds } from "../../drift/verdict/verdict.ts";
import { OutriderError } from "../../errors/outrider-error.ts";
import {
  flagText,
  flagTexts,
  isSwitchOn,
  type CommandContext,
  type FlagSpec,
  type Invocation,
} from "../program/command.ts";
import { driftExitCode } from "./drift-exit.ts";
import { driftText, driftTextOptions } from "./text.ts";
import { readTop } from "./drift-top.ts";
import { loadBaseline } from "../baseline/load.ts";

/** `outrider drift compare`: prints how far a data set is from a baseline. */
export async function driftCompare(invocation: Invocation, context: CommandContext): Promise<number> {
  const baselineFile = needed(invocation, "--baseline");
  needed(invocation, "--input");
  const top = readTop(invocation);
  const rule = { thresholds: readThresholds(invocation), minRows: readMinRows(invocation) };
  const format = readFormat(invocation);
  const baseline = await loadBaseline(baselineFile);
  const drift = new FileDrift(baseline, rule, readColumns(invocation));
  const inputs = flagTexts(invocation, "--input");
  for (const input of inputs) {
    const dataset = await openDataset(input, format);
    for await (const table of dataset.tables()) drift.add(table);
  }
  const lacking = drift.lackingColumns;
  if (lacking.length > 0) throw new OutriderError("usage", `the input has no column ${lacking.join(", ")}`);
  const { name = "", version = "" } = baseline.model ?? {};
  const report = drift.finish({ model: name, version, variant: "" });
  if (isSwitchOn(invocation, "--json")) context.write(`${JSON.stringify(report)}\n`);
  else context.write(driftText([report], { ...driftTextOptions(context, top), unnamed: nameOf(inputs) }));
  return driftExitCode([report]);
}

function nameOf(inputs: readonly string[]): string {
  const [first = ""] = inputs;
  return `${path.basename(first)}${inputs.length > 1 ? ` and ${inputs.length - 1} more` : ""}`;
}

function needed(invocation: Invocation, name: FlagSpec["name"]): string {
  const text = flagText(invocation, name);
  if (text === undefined) throw new OutriderError("usage", `${name} FILE is needed`);
  return text;
}

function readColumns(invocation: Invocation): FileColumns {
  const exclude = flagTexts(invocation, "--exclude").flatMap((text) => text.split(","));
  return {
    prediction: flagText(invocation, "--prediction"),
    score: flagText(invocation, "--score"),
    isPositiveProbability: flagText(invocation, "--positive") !== undefined,
    exclude: new Set(exclude.map((name) => name.trim())),
  };
}

function readThresholds(invocation: Invocation): Thresholds {
  const warnPsi = readNumber(invocation, "--warn", defaultThresholds.warnPsi, 100);
  const criticalPsi = readNumber(invocation, "--critical", Math.max(defaultThresholds.criticalPsi, warnPsi), 100);
  const falseDiscovery = readNumber(invocation, "--q", defaultThresholds.falseDiscovery, 1);
  if (criticalPsi < warnPsi) throw new OutriderError("usage", `--critical ${criticalPsi} is below --warn ${warnPsi}`);
  return { warnPsi, criticalPsi, falseDiscovery };
}

function readNumber(invocation: Invocation, name: FlagSpec["name"], fallback: number, most: number): number {
  const text = flagText(invocation, name);
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && value <= most)) {
    throw new OutriderError(
      "usage",
      `${name} ${text}: a number above 0 and up to ${most} is expected, e.g. ${fallback}`,
    );
  }
  return value;
}

function readMinRows(invocation: Invocation): number | undefined {
  const text = flagText(invocation, "--min-rows");
  if (text === undefined) return undefined;
  const rows = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(rows) || rows < 1) {
    throw new OutriderError("usage", `--min-rows ${text}: a number from 1 is expected, e.g. 200`);
  }
  return rows;
}

function readFormat(invocation: Invocation): DatasetFormat | undefined {
  const text = flagText(invocation, "--format");
  const format = datasetFormats.find((known) => known === text);
  if (text !== undefined && format === undefined) {
    throw new OutriderError("usage", `--format ${text}: one of ${datasetFormats.join(", ")} is expected`);
  }
  return format;
}
