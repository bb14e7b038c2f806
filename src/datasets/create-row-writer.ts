import type { DatasetFormat } from "./dataset.ts";
import type { AppendPart, RowColumn, RowWriter } from "./row-writer.ts";
import { csvRowWriter, jsonLinesRowWriter } from "./text-row-writers.ts";

/**
 * The writer for a format. Numbers must be finite. CSV has no types, so text that looks like a number or like a missing
 * value is read back as one; the other formats keep types. The Parquet library is loaded only for Parquet.
 */
export async function createRowWriter(
  format: DatasetFormat,
  columns: readonly RowColumn[],
  append: AppendPart,
): Promise<RowWriter> {
  if (format === "csv") return csvRowWriter(columns, append);
  if (format === "jsonl") return jsonLinesRowWriter(columns, append);
  const { parquetRowWriter } = await import("./parquet-row-writer.ts");
  return parquetRowWriter(columns, append);
}
