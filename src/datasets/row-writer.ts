/** The port of data set writers. */

/** Type of the values of a column. */
export type ColumnType = "number" | "boolean" | "string";

/** A column to write. Names must be unique. */
export interface RowColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** A value; `null` when it is missing, `undefined` when the row does not have the column. */
export type RowCell = number | string | boolean | null | undefined;

/** Appends to the output, in order. Rejects when writing fails. */
export type AppendPart = (part: string | Uint8Array) => Promise<void>;

/** Writes one data set. Memory is bounded by a megabyte of text or, for Parquet, by a row group of 262,144 cells. */
export interface RowWriter {
  /** Writes a row: one cell per column, in the order of the columns. Await the result, which is how a slow disk slows the caller. */
  add(row: readonly RowCell[]): void | Promise<void>;
  /** Writes the rest and ends the data set. */
  end(): Promise<void>;
}
