import { datasetFormats, type DatasetFormat } from "../../datasets/dataset.ts";
import { formatOfName } from "../../datasets/open-dataset.ts";
import { isSwitchOn, type Invocation } from "../program/command.ts";
import { choiceFlag, columnHint, listFlag, usageError } from "../program/flag-values.ts";
import { outputName } from "../terminal/output.ts";
import type { ExportColumn } from "./export-columns.ts";

/** The command line of `outrider predictions export`, checked, without the filter. */
export interface ExportRequest {
  readonly output: string;
  readonly format: DatasetFormat;
  /** Columns to write, in order; empty for all. */
  readonly columns: readonly string[];
  readonly isForBaseline: boolean;
  readonly isJson: boolean;
}

/** Reads the flags. Fails with `usage` at the first mistake. */
export function exportRequest(invocation: Invocation): ExportRequest {
  const output = outputName(invocation);
  const isJson = isSwitchOn(invocation, "--json");
  if (output === "") throw usageError("-o is needed, e.g. -o predictions.parquet; - is standard output");
  if (output === "-" && isJson)
    throw usageError("--json and -o - both write to standard output; write the data set to a file");
  const format = choiceFlag(invocation, "--format", datasetFormats) ?? ofName(output);
  if (format === "parquet" && output === "-") {
    throw usageError("Parquet cannot go to standard output; name a file with -o");
  }
  const columns = listFlag(invocation, "--columns");
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) throw usageError(`--columns names ${twice} twice`);
  return { output, format, columns, isForBaseline: isSwitchOn(invocation, "--for-baseline"), isJson };
}

/** The columns to write. Fails with `usage` when a requested one does not exist. */
export function chosenColumns(
  all: readonly ExportColumn[],
  { columns }: Pick<ExportRequest, "columns">,
): readonly ExportColumn[] {
  if (columns.length === 0) return all;
  const byName = new Map(all.map((column) => [column.name, column]));
  return columns.map((name) => {
    const column = byName.get(name);
    if (column !== undefined) return column;
    throw usageError(`--columns ${name}: there is no such column${columnHint(name, new Set(byName.keys()))}`);
  });
}

function ofName(output: string): DatasetFormat {
  if (/\.(?:gz|zst)$/i.test(output))
    throw usageError(`${output}: the output is not compressed; leave the extension out`);
  const format = formatOfName(output);
  if (format !== undefined) return format;
  throw usageError(`${output}: the file extension does not say the format; set it with --format csv, jsonl or parquet`);
}
