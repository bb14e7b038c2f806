/** Tables of features out of bodies of comma-separated values. */
import { ownCopy } from "../../text/own-copy.ts";
import { cellFromText } from "../table/cell-text.ts";
import { parseCsv } from "./csv.ts";
import type { Cell, ReaderLimits, ReadResult } from "../body-content.ts";
import type { ColumnsMemo } from "../table/columns.ts";
import { canPad, type TableContent, tableContent, tooManyRows } from "../table/table-content.ts";

const utf8 = new TextDecoder();

/**
 * Reads a body whose first line names the columns; values are recognized like those of a baseline's file (see
 * {@link cellFromText}), text is cut to the usual length. Unread as `empty`, `too_many_rows` or `not_csv`.
 */
export function readCsvTable(
  bytes: Uint8Array,
  context: { readonly limits: ReaderLimits; readonly columns: ColumnsMemo },
): ReadResult<TableContent> {
  const { limits, columns } = context;
  const parsed = parseCsv(utf8.decode(bytes), limits.rows);
  if (parsed.kind === "too_many_rows") return tooManyRows;
  if (parsed.kind === "fault") return { kind: "unread", reason: "not_csv" };
  const { names, rows } = parsed.table;
  if (names.length === 0) return { kind: "unread", reason: "empty" };
  const kept = names.slice(0, limits.columns);
  if (!canPad(rows.length, kept.length) && !rows.every((row) => row.length >= kept.length)) return tooManyRows;
  const cells: Cell[] = [];
  for (const row of rows) {
    for (let index = 0; index < kept.length; index++) cells.push(cellAt(row, index));
  }
  const table = { columns: columns.find(kept) ?? columns.named(kept.map(ownCopy)), rowCount: rows.length, cells };
  return tableContent(table, names.length - kept.length);
}

function cellAt(row: readonly string[], index: number): Cell {
  const text = row[index];
  const cell = text === undefined ? undefined : cellFromText(text);
  return typeof cell === "string" ? ownCopy(cell) : cell;
}
