import { csvRowWriter } from "./csv-row-writer.ts";
import type { DatasetFormat } from "./dataset.ts";
import { jsonLinesRowWriter } from "./json-lines-row-writer.ts";
import type { AppendPart, RowColumn, RowWriter } from "./row-writer.ts";

/**
 * Begins to write. In CSV a text that looks like a number or like a missing value is read back as one, for CSV has no
 * types; the other formats keep them. Numbers are finite.
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
