import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import type { FileMetaData } from "hyparquet";

import { ColumnsMemo } from "../payload/table/columns.ts";
import { readTable } from "../payload/table/feature-table.ts";
import { cutText, type JsonValue } from "../payload/json/json-value.ts";
import { malformed, type Dataset } from "./dataset.ts";
import type { Cell, Columns, FeatureTable } from "../payload/body-content.ts";

/** Cells of a row group that are decoded at once: about 32 MB of numbers. */
const cellsAtOnce = 2 ** 22;

/** Rows of a table. */
const rowsAtOnce = 1024;

/** Columns that are read at once; each reading costs time for every column that the file has. */
const columnsAtOnce = 256;

/**
 * Parquet, a part of a row group at a time. Only the columns and pages that a part needs are decoded. The digest needs a
 * separate pass, so {@link bytesTotal} is twice the size of the file.
 */
export class ParquetDataset implements Dataset {
  readonly bytesTotal: number;
  readonly shortRows = 0;
  readonly #file: string;
  readonly #size: number;
  readonly #memo = new ColumnsMemo();
  #bytesRead = 0;
  #digest = "";

  constructor(file: string, size: number) {
    this.#file = file;
    this.#size = size;
    this.bytesTotal = 2 * size;
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  get digest(): string {
    return this.#digest;
  }

  async *tables(): AsyncGenerator<FeatureTable> {
    const handle = await open(this.#file);
    try {
      const digest = await digestOf(this.#file, (bytes) => (this.#bytesRead += bytes));
      yield* this.#read(handle);
      this.#bytesRead = this.bytesTotal;
      this.#digest = digest;
    } finally {
      await handle.close();
    }
  }

  async *#read(handle: FileHandle): AsyncGenerator<FeatureTable> {
    const file = asyncBuffer(handle, this.#size);
    const { metadata, readPart } = await this.#guarded(async () => openParquet(file));
    const names = topLevelNames(metadata.schema);
    if (new Set(names).size < names.length) throw malformed(this.#file, "two of its columns have the same name");
    const rowCount = Number(metadata.num_rows);
    if (names.length === 0 || rowCount === 0) throw malformed(this.#file, "the file has no rows");
    const columns: Columns = { names, isPositional: false };
    const rowsOfPart = Math.max(1, Math.floor(cellsAtOnce / names.length));
    let groupStart = 0;
    for (const group of metadata.row_groups) {
      const groupEnd = groupStart + Number(group.num_rows);
      for (let start = groupStart; start < groupEnd; start += rowsOfPart) {
        const end = Math.min(groupEnd, start + rowsOfPart);
        const values = await this.#guarded(async () => readPart(names, start, end));
        yield* this.#tablesOf(columns, values, { start, end });
        this.#bytesRead = this.#size + Math.floor((this.#size * end) / rowCount);
      }
      groupStart = groupEnd;
    }
  }

  *#tablesOf(columns: Columns, values: readonly ColumnCursor[], part: RowRange): Generator<FeatureTable> {
    const width = columns.names.length;
    for (let start = part.start; start < part.end; start += rowsAtOnce) {
      const rowCount = Math.min(rowsAtOnce, part.end - start);
      const cells: JsonValue[] = [];
      let isFlat = true;
      for (let row = start; row < start + rowCount; row++) {
        for (const column of values) {
          const value = plainValue(column.valueAt(row));
          isFlat &&= typeof value !== "object" || value === null;
          cells.push(value);
        }
      }
      yield isFlat ? { columns, rowCount, cells: cells as Cell[] } : this.#flattened(columns.names, cells, width);
    }
  }

  /** Lists and structures within rows become columns of their own, as in requests. */
  #flattened(names: readonly string[], cells: readonly JsonValue[], width: number): FeatureTable {
    const rows: JsonValue[] = [];
    for (let start = 0; start < cells.length; start += width) {
      rows.push(Object.fromEntries(names.map((name, index) => [name, cells[start + index] ?? null])));
    }
    const limits = { columns: 65_536, rows: rowsAtOnce, depth: 64 };
    const result = readTable(rows, { limits, columns: this.#memo, pass: { hasUnsafeInteger: false } });
    if (result.kind === "unread" || result.value.table === undefined) {
      throw malformed(this.#file, "its lists differ too much in length to become columns");
    }
    return result.value.table;
  }

  async #guarded<Value>(read: () => Promise<Value>): Promise<Value> {
    try {
      return await read();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
      throw malformed(this.#file, `it is not readable as Parquet: ${(error as Error).message}`, error);
    }
  }
}

interface RowRange {
  readonly start: number;
  readonly end: number;
}

type AsyncBuffer = ReturnType<typeof asyncBuffer>;

interface OpenParquet {
  readonly metadata: FileMetaData;
  /** Decodes some rows of one row group, a cursor a column. */
  readonly readPart: (names: readonly string[], rowStart: number, rowEnd: number) => Promise<readonly ColumnCursor[]>;
}

/** `sha256:…` of the bytes of a file. Calls `took` for each piece. */
async function digestOf(file: string, took: (bytes: number) => void): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 })) {
    const bytes = chunk as Buffer;
    hash.update(bytes);
    took(bytes.length);
  }
  return `sha256:${hash.digest("hex")}`;
}

/** Loads the decoder, which only Parquet needs, and reads the footer of the file. */
async function openParquet(file: AsyncBuffer): Promise<OpenParquet> {
  const { parquetMetadataAsync, parquetRead } = await import("hyparquet");
  const { compressors } = await import("hyparquet-compressors");
  const metadata = await parquetMetadataAsync(file);
  return {
    metadata,
    readPart: async (names, rowStart, rowEnd) => {
      const cursors = new Map(names.map((name) => [name, new ColumnCursor()]));
      for (let at = 0; at < names.length; at += columnsAtOnce) {
        await parquetRead({
          file,
          metadata,
          compressors,
          columns: names.slice(at, at + columnsAtOnce),
          rowStart,
          rowEnd,
          useOffsetIndex: true,
          onChunk: ({ columnName, columnData, rowStart: start }) => cursors.get(columnName)?.push(start, columnData),
        });
      }
      const values = [...cursors.values()];
      if (!values.every((cursor) => cursor.covers(rowStart, rowEnd))) throw new Error("a column has too few rows");
      return values;
    },
  };
}

/** The decoded pages of one column, read from the first row to the last. */
class ColumnCursor {
  readonly #pages: { readonly start: number; readonly values: ArrayLike<unknown> }[] = [];
  #page = 0;

  push(start: number, values: ArrayLike<unknown>): void {
    this.#pages.push({ start, values });
  }

  /** True when the pages hold every row from `start` up to `end`. */
  covers(start: number, end: number): boolean {
    let next = start;
    for (const page of this.#pages) {
      if (page.start > next) return false;
      next = Math.max(next, page.start + page.values.length);
    }
    return next >= end;
  }

  /** The value of a row that the pages hold. Rows must ascend. */
  valueAt(row: number): unknown {
    let page = this.#pages[this.#page];
    while (page !== undefined && row >= page.start + page.values.length) page = this.#pages[++this.#page];
    return page?.values[row - page.start];
  }
}

/** Names of the columns: the children of the first schema element. Each is followed by its own children. */
function topLevelNames(schema: FileMetaData["schema"]): readonly string[] {
  const names: string[] = [];
  let at = 1;
  const skip = (): void => {
    const children = schema[at]?.num_children ?? 0;
    at++;
    for (let child = 0; child < children; child++) skip();
  };
  for (let child = 0; child < (schema[0]?.num_children ?? 0); child++) {
    names.push(schema[at]?.name ?? "");
    skip();
  }
  return names;
}

/** 64-bit integers become numbers when that is exact, dates become ISO text, and bytes are dropped: they are not features. */
function plainValue(value: unknown): JsonValue {
  switch (typeof value) {
    case "number":
    case "boolean":
      return value;
    case "string":
      return cutText(value);
    case "bigint":
      return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
    default:
      return plainObject(value);
  }
}

function plainObject(value: unknown): JsonValue {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return null;
  if (Array.isArray(value)) return value.map(plainValue);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plainValue(member)]));
}

function asyncBuffer(
  handle: FileHandle,
  byteLength: number,
): { readonly byteLength: number; slice(start: number, end?: number): Promise<ArrayBuffer> } {
  return {
    byteLength,
    slice: (start, end = byteLength) => {
      const bytes = readRange(start, end);
      // After an error elsewhere, the decoder does not wait for reads that it has started.
      bytes.catch(() => undefined);
      return bytes;
    },
  };

  async function readRange(start: number, end: number): Promise<ArrayBuffer> {
    if (!(start >= 0 && end >= start && end <= byteLength)) throw new Error("an offset is outside the file");
    const bytes = new Uint8Array(end - start);
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
      if (bytesRead === 0) throw new Error("the file was truncated while it was read");
      at += bytesRead;
    }
    return bytes.buffer;
  }
}
