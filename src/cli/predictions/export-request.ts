import { datasetFormats, type DatasetFormat } from "../../datasets/dataset.ts";
import { formatOfName } from "../../datasets/open-dataset.ts";
import { OutriderError } from "../../errors/outrider-error.ts";
import { flagText, flagTexts, isSwitchOn, type Invocation } from "../program/command.ts";
import { columnHint } from "../terminal/nearest-column.ts";
import type { ExportColumn } from "./export-columns.ts";

/** What `outrider predictions export` was asked for, beside which records. */
export interface ExportRequest {
  readonly output: string;
  readonly format: DatasetFormat;
  /** Names of columns in their order; empty for all. */
  readonly columns: readonly string[];
  readonly isForBaseline: boolean;
  readonly isJson: boolean;
}

/** Reads the flags; fails with `usage` at the first that makes no sense. */
export function exportRequest(invocation: Invocation): ExportRequest {
  const output = outputOf(invocation);
  const isJson = isSwitchOn(invocation, "--json");
  if (output === "") throw usage("name the data set with -o, e.g. -o predictions.parquet; - is standard output");
  if (output === "-" && isJson) throw usage("--json and -o - both want standard output; write the data set to a file");
  const format = formatOf(flagText(invocation, "--format"), output);
  const columns = flagTexts(invocation, "--columns")
    .flatMap((text) => text.split(","))
    .filter((name) => name !== "");
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) throw usage(`--columns names ${twice} twice`);
  return { output, format, columns, isForBaseline: isSwitchOn(invocation, "--for-baseline"), isJson };
}

/** Those of the columns that were asked for. Fails with `usage` when one is not there. */
export function chosenColumns(
  all: readonly ExportColumn[],
  { columns }: Pick<ExportRequest, "columns">,
): readonly ExportColumn[] {
  if (columns.length === 0) return all;
  const byName = new Map(all.map((column) => [column.name, column]));
  return columns.map((name) => {
    const column = byName.get(name);
    if (column !== undefined) return column;
    throw usage(`--columns ${name}: there is no such column${columnHint(name, new Set(byName.keys()))}`);
  });
}

function outputOf(invocation: Invocation): string {
  const output = flagText(invocation, "--output") ?? "";
  return output === "/dev/stdout" ? "-" : output;
}

function formatOf(text: string | undefined, output: string): DatasetFormat {
  const format = datasetFormats.find((known) => known === text) ?? (text === undefined ? ofName(output) : undefined);
  if (format === undefined) {
    if (text !== undefined) throw usage(`--format ${text}: one of ${datasetFormats.join(", ")} is expected`);
    throw usage(`${output}: the ending does not tell the format; name it with --format csv, jsonl or parquet`);
  }
  if (format === "parquet" && output === "-")
    throw usage("Parquet is no text for standard output; name a file with -o");
  return format;
}

function ofName(output: string): DatasetFormat | undefined {
  if (/\.(?:gz|zst)$/i.test(output)) throw usage(`${output}: what is written is not compressed; leave the ending out`);
  return formatOfName(output);
}

function usage(message: string): OutriderError {
  return new OutriderError("usage", message);
}
