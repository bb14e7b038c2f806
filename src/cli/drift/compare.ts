import path from "node:path";

import { datasetFormats } from "../../datasets/dataset.ts";
import { openDataset } from "../../datasets/open-dataset.ts";
import { FileDrift, type FileColumns } from "../../drift/monitor/file-drift.ts";
import { defaultThresholds, type Thresholds } from "../../drift/verdict/verdict.ts";
import {
  flagText,
  flagTexts,
  isSwitchOn,
  type CommandContext,
  type FlagSpec,
  type Invocation,
} from "../program/command.ts";
import { driftExitCode } from "./state.ts";
import { defaultTop, driftText, driftTextOptions } from "./text.ts";
import { choiceFlag, countFlag, listFlag, numberFlag, usageError } from "../program/flag-values.ts";
import { loadBaseline } from "../baseline/load.ts";

/** `outrider drift compare`: prints the drift of a data set from a baseline. */
export async function driftCompare(invocation: Invocation, context: CommandContext): Promise<number> {
  const baselineFile = needed(invocation, "--baseline");
  needed(invocation, "--input");
  const top = countFlag(invocation, "--top") ?? defaultTop;
  const rule = { thresholds: readThresholds(invocation), minRows: countFlag(invocation, "--min-rows") };
  const format = choiceFlag(invocation, "--format", datasetFormats);
  const baseline = await loadBaseline(baselineFile);
  const drift = new FileDrift(baseline, rule, readColumns(invocation));
  const inputs = flagTexts(invocation, "--input");
  for (const input of inputs) {
    const dataset = await openDataset(input, format);
    for await (const table of dataset.tables()) drift.add(table);
  }
  const lacking = drift.lackingColumns;
  if (lacking.length > 0) throw usageError(`the input has no column ${lacking.join(", ")}`);
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
  if (text === undefined) throw usageError(`${name} FILE is needed`);
  return text;
}

function readColumns(invocation: Invocation): FileColumns {
  return {
    prediction: flagText(invocation, "--prediction"),
    score: flagText(invocation, "--score"),
    isPositiveProbability: flagText(invocation, "--positive") !== undefined,
    exclude: new Set(listFlag(invocation, "--exclude").map((name) => name.trim())),
  };
}

function readThresholds(invocation: Invocation): Thresholds {
  const warnPsi = numberFlag(invocation, "--warn", { default: defaultThresholds.warnPsi, max: 100 });
  const criticalPsi = numberFlag(invocation, "--critical", {
    default: Math.max(defaultThresholds.criticalPsi, warnPsi),
    max: 100,
  });
  const falseDiscovery = numberFlag(invocation, "--q", { default: defaultThresholds.falseDiscovery, max: 1 });
  if (criticalPsi < warnPsi) throw usageError(`--critical ${criticalPsi} is below --warn ${warnPsi}`);
  return { warnPsi, criticalPsi, falseDiscovery };
}
