/** Features and identities at the places that the configuration names. */
import type { Columns, ReadResult } from "../body-content.ts";
import { dictionaryTable } from "../table/dictionary-rows.ts";
import { readTable } from "../table/feature-table.ts";
import { type JsonPointer, valuesAt } from "../json/json-pointer.ts";
import { cellOf, cutText, isList, isObject, type JsonPass, type JsonValue } from "../json/json-value.ts";
import { type TableContext, type TableContent, tableContent, tooManyRows } from "../table/table-content.ts";

const notFound: ReadResult<never> = { kind: "unread", reason: "path_not_found" };

/**
 * The table that paths name. One path: its value is read like any table; with a wildcard its values are the rows, or, when
 * they are scalars, a column named after the path's last key. Several paths: a column each, named likewise, the n-th value
 * in the n-th row; the scalar of a path without a wildcard is the same in all rows. Unread as `path_not_found` when
 * nothing is at any of them.
 */
export function featuresAt(
  pointers: readonly JsonPointer[],
  body: JsonValue,
  context: TableContext,
): ReadResult<TableContent> {
  const found = pointers.map((pointer) => valuesAt(pointer, body, context.limits.rows));
  if (found.every((values) => values === undefined)) return notFound;
  if (found.some((values) => values !== undefined && values.length > context.limits.rows)) return tooManyRows;
  const [pointer] = pointers;
  const [values = []] = found;
  if (pointers.length > 1 || pointer === undefined) return tableOfPaths(pointers, found, context);
  if (!pointer.hasWildcard) return readTable(values[0], context);
  if (values.some((value) => isList(value) || isObject(value))) {
    return readTable(
      values.map((value) => value ?? []),
      context,
    );
  }
  const cells = values.map((value) => cellOf(value, context.pass));
  return tableContent({ columns: columnsOf([pointer], context), rowCount: cells.length, cells }, 0);
}

function tableOfPaths(
  pointers: readonly JsonPointer[],
  found: readonly (readonly (JsonValue | undefined)[] | undefined)[],
  context: TableContext,
): ReadResult<TableContent> {
  const { names } = columnsOf(pointers, context);
  const counts = found.filter((_, index) => pointers[index]?.hasWildcard).map((values) => values?.length ?? 0);
  const rowCount = counts.length === 0 ? 1 : Math.max(...counts);
  const rows = Array.from({ length: rowCount }, (_, row) =>
    Object.fromEntries(
      names.map((name, index) => {
        const isShared = pointers[index]?.hasWildcard === false && rowCount > 1;
        return [name, isShared ? scalarOf(found[index]?.[0]) : found[index]?.[row]];
      }),
    ),
  );
  return dictionaryTable(rows, context);
}

/** A list that is repeated in all rows would make a small body a large table. */
function scalarOf(value: JsonValue | undefined): JsonValue | undefined {
  return isList(value) || isObject(value) ? undefined : value;
}

/** Named after the last key of each path, or by the whole path where two would have the same name. */
function columnsOf(pointers: readonly JsonPointer[], { columns }: TableContext): Columns {
  const names = pointers.map(({ name }) => name);
  return columns.named(
    pointers.map(({ name, text }) => (name === "" || names.indexOf(name) !== names.lastIndexOf(name) ? text : name)),
  );
}

/**
 * The identities that a path names, as text: one a row with a wildcard, else one; empty text where a row has none. Empty
 * when nothing is there, or more than there may be rows.
 */
export function idsAt(pointer: JsonPointer, body: JsonValue, limit: number, pass: JsonPass): readonly string[] {
  const values = valuesAt(pointer, body, limit) ?? [];
  return values.length > limit ? [] : values.map((value) => cutText(`${cellOf(value, pass) ?? ""}`));
}
