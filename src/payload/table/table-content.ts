/** Input and output of the functions that read tables. */
import type { FeatureTable, ReaderLimits, ReadResult } from "../body-content.ts";
import type { ColumnsMemo } from "./columns.ts";
import type { JsonPass } from "../json/json-value.ts";

/** Context in which the tables of one body are read. */
export interface TableContext {
  readonly pass: JsonPass;
  readonly limits: ReaderLimits;
  readonly columns: ColumnsMemo;
}

/** A table, if the body holds one, and how many columns did not fit. */
export interface TableContent {
  readonly table?: FeatureTable;
  readonly droppedColumns: number;
}

/** Cells that a table may have after padding. A larger table needs a body that holds all its cells. */
const maxPaddedCells = 2 ** 20;

/** False when padding all rows to the same width would make a small body a large table. */
export function canPad(rowCount: number, width: number): boolean {
  return rowCount * width <= maxPaddedCells;
}

/** The content of a table; one without columns is left out unless it has no rows. */
export function tableContent(table: FeatureTable, droppedColumns: number): ReadResult<TableContent> {
  const isTable = table.rowCount === 0 || table.columns.names.length > 0;
  return { kind: "read", value: isTable ? { table, droppedColumns } : { droppedColumns } };
}

/** The result for a body with more rows than {@link ReaderLimits.rows}. */
export const tooManyRows: ReadResult<never> = { kind: "unread", reason: "too_many_rows" };

/** The result for a body without a table in the place where the protocol has one. */
export const unknownShape: ReadResult<never> = { kind: "unread", reason: "unknown_shape" };
