/**
 * Cells of a tensor in the binary tensor extension of KServe v2: elements in row-major order, little-endian, without
 * padding, so at any offset.
 */
import type { Cell } from "../body-content.ts";
import { cutText, maxTextLength } from "../json/json-value.ts";
import { type Datatype, elementBytes } from "./tensor-datatype.ts";

/** The elements of a tensor, or why there are none. */
export type TensorCells =
  | { readonly kind: "cells"; readonly cells: ArrayLike<Cell> }
  /** It holds bytes that are not text, such as an image. This is valid input. */
  | { readonly kind: "opaque" }
  /** It does not hold as many elements as its shape claims. */
  | { readonly kind: "malformed" };

/**
 * The `count` elements that `bytes` holds. Cells are a view over `bytes` where the datatype is one of JavaScript's and
 * the offset is aligned, else a copy: FP16 and BF16 as Float32Array, BOOL as booleans, 64-bit integers as numbers or,
 * past 2^53, as `bigint`, BYTES as text. Linear in the length of the bytes, whatever `count` is.
 */
export function cellsOfBytes(datatype: Datatype, bytes: Uint8Array, count: number): TensorCells {
  if (datatype === "BYTES") return textsOf(bytes, count);
  const size = elementBytes[datatype];
  if (bytes.length !== count * size) return { kind: "malformed" };
  const { buffer, byteOffset } = alignedBytes(bytes, size, isLittleEndian);
  return { kind: "cells", cells: readElements[datatype](buffer, byteOffset, count) };
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * The same elements where a typed array of this machine can view them: `bytes` itself, or a copy when its offset is not
 * a multiple of the element's size or the machine is not little-endian.
 */
export function alignedBytes(bytes: Uint8Array, size: number, isLittleEndian: boolean): Uint8Array {
  if (isLittleEndian) return bytes.byteOffset % size === 0 ? bytes : copyOf(bytes);
  const swapped = Uint8Array.from(bytes);
  for (let start = 0; start < swapped.length; start += size) swapped.subarray(start, start + size).reverse();
  return swapped;
}

/** Room for copies, used again for every exchange: fresh memory costs ten times what the copy does. */
let room = new Uint8Array(0);
let taken = 0;
const maxRoomBytes = 4_194_304;

/** Call when cells that were read before are not needed any more: the next copies reuse their memory. */
export function reuseCopies(): void {
  taken = 0;
}

function copyOf(bytes: Uint8Array): Uint8Array {
  // Where any element of 8 bytes may begin.
  const start = Math.ceil(taken / 8) * 8;
  const end = start + bytes.length;
  if (end > maxRoomBytes) return Uint8Array.from(bytes);
  if (end > room.length) {
    // Copies that were made before stay valid: their cells refer to the old room.
    room = new Uint8Array(Math.min(maxRoomBytes, 2 * end));
    taken = 0;
    return copyOf(bytes);
  }
  room.set(bytes, start);
  taken = end;
  return room.subarray(start, end);
}

type ReadElements = (buffer: ArrayBufferLike, byteOffset: number, count: number) => ArrayLike<Cell>;

const readElements: Readonly<Record<Exclude<Datatype, "BYTES">, ReadElements>> = {
  BOOL: (...view) => booleans(new Uint8Array(...view)),
  INT8: (...view) => new Int8Array(...view),
  UINT8: (...view) => new Uint8Array(...view),
  INT16: (...view) => new Int16Array(...view),
  UINT16: (...view) => new Uint16Array(...view),
  INT32: (...view) => new Int32Array(...view),
  UINT32: (...view) => new Uint32Array(...view),
  INT64: (...view) => exactIntegers(new BigInt64Array(...view)),
  UINT64: (...view) => exactIntegers(new BigUint64Array(...view)),
  FP16: (...view) => widenedHalves(new Uint16Array(...view)),
  BF16: (...view) => widenedBrainFloats(new Uint16Array(...view)),
  FP32: (...view) => new Float32Array(...view),
  FP64: (...view) => new Float64Array(...view),
};

function booleans(bytes: Uint8Array): readonly boolean[] {
  const cells: boolean[] = [];
  for (const byte of bytes) cells.push(byte !== 0);
  return cells;
}

let halfValues: Float32Array | undefined;

/** By table, 256 KiB that only exist where FP16 is spoken: reading from a Float16Array costs twice to eight times as much. */
function widenedHalves(halves: Uint16Array): Float32Array {
  halfValues ??= new Float32Array(new Float16Array(Uint16Array.from({ length: 65_536 }, (_, bits) => bits).buffer));
  const floats = new Float32Array(halves.length);
  for (let index = 0; index < halves.length; index++) floats[index] = halfValues[halves[index] ?? 0] ?? 0;
  return floats;
}

/** BF16 is the upper half of a 32-bit float. */
function widenedBrainFloats(halves: Uint16Array): Float32Array {
  const bits = new Int32Array(halves.length);
  for (let index = 0; index < halves.length; index++) bits[index] = (halves[index] ?? 0) << 16;
  return new Float32Array(bits.buffer);
}

/** A typed array as long as every integer is a safe one: a bigint for each takes ten times as long. */
function exactIntegers(integers: BigInt64Array | BigUint64Array): ArrayLike<Cell> {
  const words = new Uint32Array(integers.buffer, integers.byteOffset, integers.length * 2);
  const highWord = isLittleEndian ? 1 : 0;
  const isSigned = integers instanceof BigInt64Array;
  const numbers = new Float64Array(integers.length);
  for (let index = 0; index < integers.length; index++) {
    const high = words[index * 2 + highWord] ?? 0;
    const low = words[index * 2 + 1 - highWord] ?? 0;
    const value = (isSigned ? high | 0 : high) * 2 ** 32 + low;
    if (!Number.isSafeInteger(value)) return Array.from(integers, safeOrExact);
    numbers[index] = value;
  }
  return numbers;
}

function safeOrExact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Each element is its length, an unsigned 32-bit integer, and as many bytes. */
function textsOf(bytes: Uint8Array, count: number): TensorCells {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: string[] = [];
  let isText = true;
  let at = 0;
  for (let read = 0; read < count; read++) {
    const start = at + 4;
    if (start > bytes.length) return { kind: "malformed" };
    at = start + view.getUint32(start - 4, true);
    const text: string | undefined = isText ? textBetween(bytes, start, at) : undefined;
    isText = text !== undefined;
    if (text !== undefined) texts.push(text);
  }
  if (at !== bytes.length) return { kind: "malformed" };
  return isText ? { kind: "cells", cells: texts } : { kind: "opaque" };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Undefined when the bytes are not UTF-8. */
function textBetween(bytes: Uint8Array, start: number, end: number): string | undefined {
  try {
    return cutText(utf8.decode(bytes.subarray(start, endOfText(bytes, start, end))));
  } catch {
    return undefined;
  }
}

/** Where text may be cut off before it is decoded: no character takes more than three bytes for each of its code units. */
function endOfText(bytes: Uint8Array, start: number, end: number): number {
  let cut = start + 3 * maxTextLength + 3;
  if (cut >= end) return end;
  // Not within a character, whose later bytes are 10xxxxxx.
  while (cut > start && ((bytes[cut] ?? 0) & 0xc0) === 0x80) cut--;
  return cut;
}
