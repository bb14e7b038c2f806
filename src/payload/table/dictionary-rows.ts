/** Rows that are dictionaries, or have some in them: their columns are named by keys. */
import type { Cell, Columns, ReadResult } from "../body-content.ts";
import { flatTable } from "./flat-rows.ts";
import {
  asCells,
  cellOf,
  cutText,
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  maxTextLength,
} from "../json/json-value.ts";
import { canPad, type TableContext, type TableContent, tableContent, tooManyRows } from "./table-content.ts";

/** The table of rows in any shape; quick where all are dictionaries of scalars with the same keys in the same order. */
export function dictionaryTable(rows: readonly JsonValue[], context: TableContext): ReadResult<TableContent> {
  return plainTable(rows, context) ?? inputTable(rows, context) ?? builtTable(rows, context);
}

/**
 * The table of a dictionary: a column a member when all members are lists of the same length, or else a single row. The
 * elements of a column may be lists and dictionaries, which are flattened.
 */
export function columnsTable(object: JsonObject, context: TableContext): ReadResult<TableContent> {
  const names = Object.keys(object);
  const members = Object.values(object);
  const first = members[0];
  const isColumns = isList(first) && members.every((each) => isList(each) && each.length === first.length);
  if (!isColumns) return dictionaryTable([object], context);
  if (first.length > context.limits.rows) return tooManyRows;
  const plain = plainColumns(names, members as readonly (readonly JsonValue[])[], context);
  if (plain !== undefined) return plain;
  const rows = first.map((_, row) =>
    Object.fromEntries(members.map((each, column) => [names[column], isList(each) ? each[row] : undefined])),
  );
  return dictionaryTable(rows, context);
}

/** Columns of scalars that fit; undefined for others. */
function plainColumns(
  names: readonly string[],
  members: readonly (readonly JsonValue[])[],
  context: TableContext,
): ReadResult<TableContent> | undefined {
  if (names.length > context.limits.columns) return undefined;
  if (!members.every((member) => asCells(member, context.pass) !== undefined)) return undefined;
  const rowCount = members[0]?.length ?? 0;
  const cells: Cell[] = [];
  for (let row = 0; row < rowCount; row++) {
    for (const member of members) cells.push(cellOf(member[row], context.pass));
  }
  return tableContent({ columns: keyColumns(names, context), rowCount, cells }, 0);
}

function plainTable(rows: readonly JsonValue[], context: TableContext): ReadResult<TableContent> | undefined {
  const first = rows[0];
  if (!isObject(first) || isBytes(first)) return undefined;
  const keys = Object.keys(first);
  if (keys.length === 0 || keys.length > context.limits.columns) return undefined;
  const columns = keyColumns(keys, context);
  if (rows.length === 1) {
    const cells = asCells(Object.values(first) as readonly JsonValue[], context.pass);
    return cells && tableContent({ columns, rowCount: 1, cells }, 0);
  }
  const cells: Cell[] = [];
  for (const row of rows) {
    if (!isObject(row) || !appendValues(row, columns, cells, context)) return undefined;
  }
  return tableContent({ columns, rowCount: rows.length, cells }, 0);
}

/** False when the row has other keys, or holds a list or an object. */
function appendValues(row: JsonObject, { names }: Columns, cells: Cell[], { pass }: TableContext): boolean {
  const keys = Object.keys(row);
  if (keys.length !== names.length) return false;
  for (let index = 0; index < names.length; index++) {
    const key = keys[index] ?? "";
    const cell = cellOf(row[key], pass);
    if (key !== names[index] || cell === undefined) return false;
    cells.push(cell);
  }
  return true;
}

/** `[{"x": [1, 2]}, {"x": [3, 4]}]`, a model's one named input: the lists are the rows, and their columns have positions. */
function inputTable(rows: readonly JsonValue[], context: TableContext): ReadResult<TableContent> | undefined {
  const name = inputName(rows[0]);
  if (name === undefined) return undefined;
  const inputs: JsonValue[] = [];
  for (const row of rows) {
    if (inputName(row) !== name || !isObject(row)) return undefined;
    inputs.push(row[name] ?? null);
  }
  return flatTable(inputs, cutText(name), context);
}

/** The one key of a dictionary that holds nothing but a list. */
function inputName(row: JsonValue | undefined): string | undefined {
  if (!isObject(row)) return undefined;
  const [name, other] = Object.keys(row);
  return name !== undefined && other === undefined && isList(row[name]) ? name : undefined;
}

function builtTable(rows: readonly JsonValue[], context: TableContext): ReadResult<TableContent> {
  const builder = new TableBuilder(context);
  for (const row of rows) builder.add(row);
  return builder.finish();
}

/** Fills a table whose columns become known row by row. */
class TableBuilder {
  readonly #context: TableContext;
  readonly #names: string[] = [];
  readonly #slots = new Map<string, number>();
  readonly #rows: Cell[][] = [];
  #row: Cell[] = [];
  #rowDropped = 0;
  #droppedColumns = 0;

  constructor(context: TableContext) {
    this.#context = context;
  }

  add(row: JsonValue): void {
    this.#row = [];
    this.#rowDropped = 0;
    this.#flatten(row, "");
    this.#rows.push(this.#row);
    this.#droppedColumns = Math.max(this.#droppedColumns, this.#rowDropped);
  }

  finish(): ReadResult<TableContent> {
    const width = this.#names.length;
    if (!canPad(this.#rows.length, width)) return tooManyRows;
    const cells: Cell[] = [];
    for (const row of this.#rows) {
      for (let index = 0; index < width; index++) cells.push(row[index]);
    }
    const columns = this.#context.columns.named(this.#names);
    return tableContent({ columns, rowCount: this.#rows.length, cells }, this.#droppedColumns);
  }

  #flatten(value: JsonValue | undefined, name: string): void {
    if (isList(value)) this.#flattenList(value, name, 0);
    else if (!isObject(value)) this.#put(name === "" ? "0" : name, value);
    else if (!isBytes(value)) {
      for (const key of Object.keys(value)) this.#flatten(value[key], cutText(name === "" ? key : `${name}.${key}`));
    }
  }

  /** Lists within the list continue its positions, which is how a tensor is flattened. Gives the next free position. */
  #flattenList(list: readonly JsonValue[], name: string, start: number): number {
    let position = start;
    for (const value of list) {
      if (isList(value)) {
        position = this.#flattenList(value, name, position);
        continue;
      }
      // All earlier positions have taken a column, so there is none left; building names for the rest would only cost.
      if (position >= this.#context.limits.columns) this.#rowDropped++;
      else this.#flatten(value, name === "" ? `${position}` : cutText(`${name}[${position}]`));
      position++;
    }
    return position;
  }

  #put(name: string, value: JsonValue | undefined): void {
    const slot = this.#slots.get(name) ?? this.#newSlot(name);
    if (slot === -1) this.#rowDropped++;
    else this.#row[slot] = cellOf(value, this.#context.pass);
  }

  #newSlot(name: string): number {
    if (this.#names.length >= this.#context.limits.columns) return -1;
    this.#slots.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }
}

/** TensorFlow Serving's way of writing bytes. */
function isBytes(object: JsonObject): boolean {
  const [key, other] = Object.keys(object);
  return key === "b64" && other === undefined && typeof object[key] === "string";
}

function keyColumns(keys: readonly string[], { columns }: TableContext): Columns {
  const known = columns.find(keys);
  if (known !== undefined) return known;
  return columns.named(keys.some((key) => key.length > maxTextLength) ? keys.map(cutText) : keys);
}
