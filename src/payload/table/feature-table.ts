/** Tables of features out of the JSON shapes in which clients write rows. */
import type { Columns, ReadResult } from "../body-content.ts";
import { columnsTable, dictionaryTable } from "./dictionary-rows.ts";
import { flatTable, tableUnder } from "./flat-rows.ts";
import { asCells, cellOf, cutText, isList, isObject, type JsonPass, type JsonValue } from "../json/json-value.ts";
import { type TableContext, type TableContent, tooManyRows, unknownShape } from "./table-content.ts";

/**
 * Reads a table. A list holds a row an element: a scalar (one column), a list (columns by position, nested lists
 * flattened) or a dictionary (columns by key, nested ones as `a.b` and `a[0]`; the union of the rows' keys in the order in
 * which they come). A dictionary is one row, or, when all its members are lists of the same length, a column a member.
 * Objects `{"b64": …}` hold bytes and are not features. A cell that a row lacks is `undefined`. A table without columns is left
 * out unless it has no rows. Unread as `too_many_rows`, also when a few wide rows would make a table far larger than its
 * body, or as `unknown_shape` when `value` is absent or null.
 */
export function readTable(value: JsonValue | undefined, context: TableContext): ReadResult<TableContent> {
  if (value === undefined || value === null) return unknownShape;
  if (isObject(value)) return columnsTable(value, context);
  const rows = isList(value) ? value : [value];
  if (rows.length > context.limits.rows) return tooManyRows;
  if (isObject(rows[0])) return dictionaryTable(rows, context);
  return flatTable(rows, "", context) ?? dictionaryTable(rows, context);
}

/**
 * Reads rows under a list of names, pandas' orientation `split`. Names that are the numbers from 0 on are positions, as
 * pandas makes them up; without names the rows are read like any others.
 */
export function readSplit(
  names: JsonValue | undefined,
  rows: JsonValue | undefined,
  context: TableContext,
): ReadResult<TableContent> {
  if (!isList(rows)) return unknownShape;
  if (rows.length > context.limits.rows) return tooManyRows;
  if (!isList(names)) return readTable(rows, context);
  const isWide = names.length > context.limits.columns;
  const columns = columnsOf(isWide ? names.slice(0, context.limits.columns) : names, context);
  const result = tableUnder(columns, rows, context);
  if (!isWide || result.kind === "unread") return result;
  return { kind: "read", value: { ...result.value, droppedColumns: names.length - context.limits.columns } };
}

function columnsOf(names: readonly JsonValue[], { columns, pass }: TableContext): Columns {
  const known = columns.find(names);
  if (known !== undefined) return known;
  if (names.every((name, index) => name === index)) return columns.positional(names.length);
  const isText = asCells(names, pass)?.every((name) => typeof name === "string");
  return columns.named(isText ? (names as readonly string[]) : names.map((name) => nameOf(name, pass)));
}

function nameOf(name: JsonValue, pass: JsonPass): string {
  // pandas writes a level of names each for columns with several.
  const levels = isList(name) ? name : [name];
  return cutText(levels.map((level) => `${cellOf(level, pass) ?? ""}`).join("."));
}
