/** Tables of features out of the tensors of a request. */
import type { Cell, Columns, FeatureTable, ReadResult } from "../body-content.ts";
import type { TableContext, TableContent } from "../table/table-content.ts";
import { type Tensor, tensorCells } from "./tensor.ts";

/**
 * Puts tensors side by side. The first dimension counts rows; a tensor with one element a row is a column with its name
 * (MLServer's pandas codec), a wider one, its other dimensions flattened, is the columns `name[0]`, `name[1]`, … which
 * are positional when it is the only tensor of the request. Tensors that hold bytes or are not in the body are left out;
 * tensors with another number of rows than the first one left are left out and counted, like the columns that do not
 * fit. `singles` marks the columns with 32 bits where not all have them. No table when no tensor is left. Unread as
 * `bad_tensor` when a tensor does not hold the elements of its shape, or as `too_many_rows`.
 * The cells of a single tensor are its elements, not copied.
 */
export function tensorTable(tensors: readonly Tensor[], context: TableContext): ReadResult<TableContent> {
  const parts: TablePart[] = [];
  let rowCount: number | undefined;
  let droppedColumns = 0;
  let room = context.limits.columns;
  for (const tensor of tensors) {
    const read = tensorCells(tensor, context.pass);
    if (read.kind === "malformed") return { kind: "unread", reason: "bad_tensor" };
    if (read.kind === "opaque") continue;
    rowCount ??= tensor.rowCount;
    const width = tensor.rowCount === rowCount ? Math.min(tensor.width, room) : 0;
    if (width > 0) parts.push({ name: tensor.name, cells: read.cells, stride: tensor.width, width });
    room -= width;
    droppedColumns += tensor.width - width;
  }
  if (rowCount === undefined) return { kind: "read", value: { droppedColumns } };
  if (rowCount > context.limits.rows) return { kind: "unread", reason: "too_many_rows" };
  const columns = columnsOf(parts, tensors.length === 1, context);
  const table: FeatureTable = { columns, rowCount, ...cellsOf(parts, rowCount, columns.names.length) };
  return { kind: "read", value: { table, droppedColumns } };
}

/** What is kept of one tensor: the first `width` of the `stride` elements of each row. */
interface TablePart {
  readonly name: string;
  readonly cells: ArrayLike<Cell>;
  readonly stride: number;
  readonly width: number;
}

function columnsOf(parts: readonly TablePart[], isOnly: boolean, context: TableContext): Columns {
  const first = parts[0];
  if (isOnly && first !== undefined && first.stride > 1) return context.columns.positional(first.width, first.name);
  const names: string[] = [];
  for (const { name, stride, width } of parts) {
    if (stride === 1) names.push(name);
    else for (const each of context.columns.positional(width, name).names) names.push(each);
  }
  return context.columns.named(names);
}

function cellsOf(
  parts: readonly TablePart[],
  rowCount: number,
  columnCount: number,
): Pick<FeatureTable, "cells" | "singles"> {
  const first = parts[0];
  if (first !== undefined && parts.length === 1 && first.stride === columnCount) return { cells: first.cells };
  const cells = sideBySide(parts, rowCount, columnCount);
  const singles = parts.flatMap((part) => Array.from({ length: part.width }, () => isSingle(part)));
  if (!singles.includes(true)) return { cells };
  return singles.includes(false) ? { cells, singles } : { cells: Float32Array.from(cells as readonly number[]) };
}

const isSingle = ({ cells }: TablePart): boolean => cells instanceof Float32Array;

function sideBySide(parts: readonly TablePart[], rowCount: number, columnCount: number): readonly Cell[] {
  const cells = Array.from<Cell>({ length: rowCount * columnCount });
  let offset = 0;
  for (const { cells: source, stride, width } of parts) {
    for (let row = 0; row < rowCount; row++) {
      for (let column = 0; column < width; column++) {
        cells[row * columnCount + offset + column] = source[row * stride + column];
      }
    }
    offset += width;
  }
  return cells;
}
