/** What reading a table takes and gives, in whatever shape its rows are written. */
import type { FeatureTable, ReaderLimits, ReadResult } from "../reading.ts";
import type { ColumnsMemo } from "./columns.ts";
import type { JsonPass } from "../json/json-value.ts";

/** What reading a table needs beside the body. */
export interface TableContext {
  readonly pass: JsonPass;
  readonly limits: ReaderLimits;
  readonly columns: ColumnsMemo;
}

/** A table, if the body holds one, and how many columns did not fit. */
export interface TableReading {
  readonly table?: FeatureTable;
  readonly droppedColumns: number;
}

/** Cells that rows of differing width are padded to at most; a body with more has to hold them itself. */
const maxPaddedCells = 2 ** 20;

/** False when padding all rows to the same width would make a small body a large table. */
export function canPad(rowCount: number, width: number): boolean {
  return rowCount * width <= maxPaddedCells;
}

/** The reading of a table; one without columns is left out unless it has no rows. */
export function tableReading(table: FeatureTable, droppedColumns: number): ReadResult<TableReading> {
  const isTable = table.rowCount === 0 || table.columns.names.length > 0;
  return { kind: "read", value: isTable ? { table, droppedColumns } : { droppedColumns } };
}

/** The reading of a body with more rows than are read. */
export const tooManyRows: ReadResult<never> = { kind: "unread", reason: "too_many_rows" };

/** The reading of a body in which no table was found where one should be. */
export const unknownShape: ReadResult<never> = { kind: "unread", reason: "unknown_shape" };
