/** What writes rows as a data set is to those who have rows. */

/** What the values of a column are. */
export type ColumnType = "number" | "boolean" | "string";

/** A column of what is written. Names differ from each other. */
export interface RowColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** A value; `null` for none, `undefined` where the row does not have the column at all. */
export type RowCell = number | string | boolean | null | undefined;

/** Takes what is written, in order. Rejects when that is not possible any more. */
export type AppendPart = (part: string | Uint8Array) => Promise<void>;

/** One writing. Memory is bounded by a megabyte of text, or for Parquet by a row group of a quarter of a million cells. */
export interface RowWriter {
  /** Takes a row: a cell for each column, in their order. A value of another type than its column's becomes text. */
  add(row: readonly RowCell[]): void | Promise<void>;
  /** Writes what is left. Nothing is to be added after it. */
  end(): Promise<void>;
}
