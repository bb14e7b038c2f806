/** The datatypes of KServe v2 tensors, with their size in the binary tensor extension. */

/** A datatype's name and the bytes of one element; 0 for `BYTES`, whose elements carry their length. */
export const elementBytes = {
  BOOL: 1,
  INT8: 1,
  UINT8: 1,
  INT16: 2,
  UINT16: 2,
  INT32: 4,
  UINT32: 4,
  INT64: 8,
  UINT64: 8,
  FP16: 2,
  BF16: 2,
  FP32: 4,
  FP64: 8,
  BYTES: 0,
} as const;

/** See {@link elementBytes}. */
export type Datatype = keyof typeof elementBytes;

/** True for the name of a datatype; the protocol writes them in capitals. */
export function isDatatype(name: string): name is Datatype {
  return Object.hasOwn(elementBytes, name);
}

/** True for the floating-point datatypes, whose values need no more digits than a number has. */
export function isFloat(datatype: Datatype): boolean {
  return datatype.startsWith("FP") || datatype === "BF16";
}
