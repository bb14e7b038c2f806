/** Cells of a tensor whose elements are in JSON, flat or nested (KServe v2, "Tensor Data"). */
import type { Cell } from "../body-content.ts";
import { asCells, cellOf, isList, type JsonPass, type JsonValue } from "../json/json-value.ts";
import type { TensorCells } from "./tensor-bytes.ts";
import { type Datatype, isFloat } from "./tensor-datatype.ts";

/**
 * The `count` elements of `data`, in row-major order. A single element needs no list (MLServer writes so); how lists are
 * nested does not matter. BOOL may be 0 and 1; numbers of FP32 and less are rounded to 32 bits, as the server rounds
 * them, and are a Float32Array; other elements are kept, since the server has accepted them. Malformed when there are
 * fewer or more elements, or objects among them. Linear in the size of `data`.
 */
export function cellsOfJson(datatype: Datatype, data: JsonValue, count: number, pass: JsonPass): TensorCells {
  const list = isList(data) ? data : [data];
  const flat = list.length === count && !isList(list[0]) ? list : flatten(list, count);
  if (flat === undefined) return { kind: "malformed" };
  const cells = convert(datatype, flat, pass);
  return cells === undefined ? { kind: "malformed" } : { kind: "cells", cells };
}

/** Undefined when there are not `count` elements. As deep as the body's nesting, which its parser bounds. */
function flatten(list: readonly JsonValue[], count: number): readonly JsonValue[] | undefined {
  const flat: JsonValue[] = [];
  append(list, flat, count);
  return flat.length === count ? flat : undefined;
}

function append(list: readonly JsonValue[], flat: JsonValue[], limit: number): void {
  for (const entry of list) {
    if (flat.length > limit) return;
    if (isList(entry)) append(entry, flat, limit);
    else flat.push(entry);
  }
}

function convert(datatype: Datatype, flat: readonly JsonValue[], pass: JsonPass): ArrayLike<Cell> | undefined {
  if (datatype === "BOOL")
    return mapped(flat, (value) => (typeof value === "number" ? value !== 0 : cellOf(value, pass)));
  const singles = isFloat(datatype) && datatype !== "FP64" ? singlesOf(flat) : undefined;
  if (singles !== undefined) return singles;
  // What a float cannot hold need not be read exactly.
  if (isFloat(datatype)) pass = { hasUnsafeInteger: false };
  const plain = asCells(flat, pass);
  if (plain !== undefined && !(isFloat(datatype) && plain.some((cell) => typeof cell === "bigint"))) return plain;
  return mapped(flat, (value) =>
    isFloat(datatype) && typeof value === "bigint" ? Number(value) : cellOf(value, pass),
  );
}

/** Undefined when there is anything but numbers and null. */
function singlesOf(flat: readonly JsonValue[]): Float32Array | undefined {
  const singles = new Float32Array(flat.length);
  for (let index = 0; index < flat.length; index++) {
    const value = flat[index];
    if (typeof value === "number" || typeof value === "bigint") singles[index] = Number(value);
    else if (value === null) singles[index] = Number.NaN;
    else return undefined;
  }
  return singles;
}

function mapped(flat: readonly JsonValue[], toCell: (value: JsonValue) => Cell): readonly Cell[] | undefined {
  const cells: Cell[] = [];
  for (const value of flat) {
    const cell = toCell(value);
    if (cell === undefined) return undefined;
    cells.push(cell);
  }
  return cells;
}
