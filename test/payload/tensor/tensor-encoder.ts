/** Writes KServe v2 bodies as the protocol says, independently of the reader: JSON tensors and the binary tensor extension. */
import type { Cell, DecodedBody } from "../../../src/payload/body-content.ts";
import { type Datatype, elementBytes } from "../../../src/payload/tensor/tensor-datatype.ts";

/** A tensor to be written. */
export interface TensorToWrite {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: Datatype;
  readonly data: readonly (number | bigint | boolean | string)[];
  readonly isBinary?: boolean;
  readonly isNested?: boolean;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** A body with the given bytes, as it comes to a reader of `/v2/models/m/infer`. */
export function v2Body(bytes: Uint8Array | string, target = "/v2/models/m/infer"): DecodedBody {
  return {
    bytes: typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes,
    contentType: "application/octet-stream",
    target,
  };
}

/** A request (`inputs`) or response (`outputs`); `padding` is white space after the JSON part, which moves the raw tensors. */
export function encodeV2(
  key: "inputs" | "outputs",
  tensors: readonly TensorToWrite[],
  more: Readonly<Record<string, unknown>> = {},
  padding = 0,
): Buffer {
  const raw: Buffer[] = [];
  const described = tensors.map(({ name, shape, datatype, data, isBinary, isNested, parameters }) => {
    const description = { name, shape, datatype };
    if (isBinary !== true) {
      return { ...description, ...(parameters && { parameters }), data: isNested === true ? nest(data, shape) : data };
    }
    const bytes = Buffer.concat(data.map((value) => encodeElement(datatype, value)));
    raw.push(bytes);
    return { ...description, parameters: { ...parameters, binary_data_size: bytes.length } };
  });
  const json = stringify({ ...more, [key]: described });
  return Buffer.concat([Buffer.from(json + " ".repeat(padding)), ...raw]);
}

/** JSON in which a bigint is a number. */
function stringify(value: unknown): string {
  if (typeof value === "bigint") return `${value}`;
  if (Array.isArray(value)) return `[${value.map(stringify).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value)
      .map(([key, each]) => `${JSON.stringify(key)}:${stringify(each)}`)
      .join(",")}}`;
  }
  return Object.is(value, -0) ? "-0" : JSON.stringify(value);
}

function nest(data: readonly unknown[], shape: readonly number[]): readonly unknown[] {
  const [rows = 1, ...rest] = shape;
  if (rest.length === 0) return data;
  const size = data.length / rows;
  return Array.from({ length: rows }, (_, row) => nest(data.slice(row * size, (row + 1) * size), rest));
}

type WriteElement = (view: DataView, value: Cell) => void;

const writers: Readonly<Record<Exclude<Datatype, "BYTES">, WriteElement>> = {
  BOOL: (view, value) => view.setUint8(0, value === true ? 1 : 0),
  INT8: (view, value) => view.setInt8(0, Number(value)),
  UINT8: (view, value) => view.setUint8(0, Number(value)),
  INT16: (view, value) => view.setInt16(0, Number(value), true),
  UINT16: (view, value) => view.setUint16(0, Number(value), true),
  INT32: (view, value) => view.setInt32(0, Number(value), true),
  UINT32: (view, value) => view.setUint32(0, Number(value), true),
  INT64: (view, value) => view.setBigInt64(0, BigInt(value ?? 0), true),
  UINT64: (view, value) => view.setBigUint64(0, BigInt(value ?? 0), true),
  FP16: (view, value) => view.setUint16(0, Number(value), true),
  BF16: (view, value) => view.setUint16(0, Number(value), true),
  FP32: (view, value) => view.setFloat32(0, Number(value), true),
  FP64: (view, value) => view.setFloat64(0, Number(value), true),
};

/** One element in little-endian. FP16 and BF16 are given as the bits. */
function encodeElement(datatype: Datatype, value: Cell): Buffer {
  const view = new DataView(new ArrayBuffer(8));
  const bytes = Buffer.from(view.buffer);
  if (datatype !== "BYTES") {
    writers[datatype](view, value);
    return bytes.subarray(0, elementBytes[datatype]);
  }
  const text = Buffer.from(String(value));
  view.setUint32(0, text.length, true);
  return Buffer.concat([bytes.subarray(0, 4), text]);
}
