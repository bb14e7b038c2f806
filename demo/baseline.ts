/** The baseline that live traffic is compared with, made by the product itself. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";

import type { ChildCommand } from "./processes/child-process.ts";
import type { LabelledRows } from "./traffic/labelled-rows.ts";
import { predictClass, probabilityOfClassOne } from "./model-server/classifier.ts";
import type { ModelFile, ModelParameters } from "./model-server/classifier.ts";

/** What a baseline is made with and of. */
export interface BaselineOptions {
  /** The sidecar's program. */
  readonly product: string;
  /** An empty folder for the table and the baseline. */
  readonly folder: string;
  readonly rows: LabelledRows;
  readonly model: ModelFile;
  /** Runs a command to its end; rejects when it fails. */
  readonly run: (command: ChildCommand) => Promise<void>;
}

/** Makes it of the rows that traffic will be drawn from, with the answers of the demonstration's own classifier; gives its file. */
export async function makeBaseline({ product, folder, rows, model, run }: BaselineOptions): Promise<string> {
  const table = path.join(folder, "rows.csv");
  const file = path.join(folder, "baseline.json");
  writeFileSync(table, baselineTable(rows, model.parameters));
  const { prediction, score, label } = answerColumns;
  const answers = ["--prediction", prediction, "--label", label, "--score", score, "--positive", "1"];
  const args = ["baseline", "build", "--input", table, ...answers, "--model-name", model.name, "-o", file];
  await run({ name: "outrider baseline build", command: process.execPath, args: [product, ...args] });
  return file;
}

/** Columns that are not features, by their meaning. */
const answerColumns = { prediction: "prediction", score: "probability", label: "target" } as const;

/**
 * The rows as a table (CSV) to make a baseline of: the features, what the model predicts for the row, its probability
 * of class 1, and what is right.
 */
function baselineTable({ features, rows, labels }: LabelledRows, model: ModelParameters): string {
  const { prediction, score, label } = answerColumns;
  const header = [...features, prediction, score, label];
  const lines = rows.map((row, index) => [
    ...row,
    predictClass(model, row),
    probabilityOfClassOne(model, row),
    labels[index] ?? "",
  ]);
  return [header, ...lines].map((cells) => `${cells.join(",")}\n`).join("");
}
