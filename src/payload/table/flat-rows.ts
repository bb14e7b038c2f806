/** Rows that are lists: their columns are named by position. */
import type { Cell, Columns, ReadResult } from "../body-content.ts";
import { asCells, cellOf, isList, type JsonPass, type JsonValue } from "../json/json-value.ts";
import { canPad, type TableContext, type TableContent, tableContent, tooManyRows } from "./table-content.ts";

/**
 * The table of rows that are scalars, lists, or lists of lists, which are flattened; columns are named by position, after
 * `prefix`. A single short row is passed on, not copied. Undefined when there is an object within the columns
 * that are kept.
 */
export function flatTable(
  rows: readonly JsonValue[],
  prefix: string,
  context: TableContext,
): ReadResult<TableContent> | undefined {
  const { columns, limits } = context;
  const single = rows.length === 1 ? rows[0] : undefined;
  const passed = isList(single) && single.length <= limits.columns ? asCells(single, context.pass) : undefined;
  if (passed !== undefined) {
    return tableContent({ columns: columns.positional(passed.length, prefix), rowCount: 1, cells: passed }, 0);
  }
  const flat = flatten(rows, context);
  if (flat === undefined) return undefined;
  const cells = padded(flat);
  if (cells === undefined) return tooManyRows;
  const table = { columns: columns.positional(flat.width, prefix), rowCount: rows.length, cells };
  return tableContent(table, flat.droppedColumns);
}

/** Rows in sequence, each of its own length. */
interface FlatRows {
  readonly cells: readonly Cell[];
  readonly lengths: readonly number[];
  /** Of the longest row. */
  readonly width: number;
  readonly droppedColumns: number;
}

function flatten(rows: readonly JsonValue[], context: TableContext): FlatRows | undefined {
  const row: OpenRow = { cells: [], room: 0, dropped: 0, pass: context.pass };
  const lengths: number[] = [];
  let width = 0;
  let droppedColumns = 0;
  for (const value of rows) {
    const start = row.cells.length;
    row.room = context.limits.columns;
    row.dropped = 0;
    if (!appendPlain(value, row) && !append(value, row)) return undefined;
    const length = row.cells.length - start;
    lengths.push(length);
    width = Math.max(width, length);
    droppedColumns = Math.max(droppedColumns, row.dropped);
  }
  return { cells: row.cells, lengths, width, droppedColumns };
}

/** A row that is being filled. */
interface OpenRow {
  readonly cells: Cell[];
  readonly pass: JsonPass;
  room: number;
  dropped: number;
}

/** Appends a list of scalars that fits; several times quicker than looking at each for what else it might be. */
function appendPlain(value: JsonValue, { cells, room, pass }: OpenRow): boolean {
  const plain = isList(value) && value.length <= room ? asCells(value, pass) : undefined;
  if (plain === undefined) return false;
  for (let index = 0; index < plain.length; index++) cells.push(plain[index]);
  return true;
}

/** Appends a scalar or the scalars of a list; false when there is an object. */
function append(value: JsonValue, row: OpenRow): boolean {
  if (!isList(value)) return appendScalar(value, row);
  for (let index = 0; index < value.length; index++) {
    const element = value[index] ?? null;
    if (!(isList(element) ? append(element, row) : appendScalar(element, row))) return false;
  }
  return true;
}

function appendScalar(value: JsonValue, row: OpenRow): boolean {
  if (row.room === 0) {
    row.dropped++;
    return true;
  }
  const cell = cellOf(value, row.pass);
  if (cell === undefined) return false;
  row.room--;
  row.cells.push(cell);
  return true;
}

/** Row by row, all as long as the longest; undefined when that would be far more than there is. */
function padded({ cells, lengths, width }: FlatRows): readonly Cell[] | undefined {
  if (cells.length === lengths.length * width) return cells;
  if (!canPad(lengths.length, width)) return undefined;
  const table: Cell[] = [];
  let from = 0;
  for (const length of lengths) {
    for (let index = 0; index < width; index++) table.push(index < length ? cells[from + index] : undefined);
    from += length;
  }
  return table;
}

/**
 * The table of rows that are lists of scalars, under columns that are known. Cells past the last column are ignored, as
 * are lists and objects in a cell; a row that is not a list has no cells.
 */
export function tableUnder(
  columns: Columns,
  rows: readonly JsonValue[],
  { pass }: TableContext,
): ReadResult<TableContent> {
  const width = columns.names.length;
  const single = rows.length === 1 ? rows[0] : undefined;
  const passed = isList(single) && single.length === width ? asCells(single, pass) : undefined;
  if (passed !== undefined) return tableContent({ columns, rowCount: 1, cells: passed }, 0);
  if (!canPad(rows.length, width) && !rows.every((row) => isList(row) && row.length >= width)) return tooManyRows;
  const row: OpenRow = { cells: [], room: width, dropped: 0, pass };
  for (const value of rows) {
    const list = isList(value) ? value : [];
    if (list.length === width && appendPlain(list, row)) continue;
    for (let index = 0; index < width; index++) row.cells.push(cellOf(list[index], pass));
  }
  return tableContent({ columns, rowCount: rows.length, cells: row.cells }, 0);
}
