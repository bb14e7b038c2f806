/** Tensors of a KServe v2 body: their descriptions, and their elements on demand. */
import type { ReadResult, UnreadReason } from "../body-content.ts";
import { cutText, isList, type JsonPass, type JsonValue, member, textMember } from "../json/json-value.ts";
import { binaryPart } from "./tensor-body.ts";
import { cellsOfBytes, type TensorCells } from "./tensor-bytes.ts";
import { type Datatype, isDatatype } from "./tensor-datatype.ts";
import { cellsOfJson } from "./tensor-json.ts";

/** One tensor by its description; its elements are read by {@link tensorCells}. */
export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  /** How many dimensions it has: 1 or more. */
  readonly rank: number;
  /** Size of the first dimension, 1 or more. */
  readonly rowCount: number;
  /** Elements of a row, 1 or more: the other dimensions, multiplied. */
  readonly width: number;
  /** `parameters` of the description, whatever they are. */
  readonly parameters: JsonValue | undefined;
  readonly elements: TensorElements;
}

type TensorElements =
  | { readonly kind: "json"; readonly data: JsonValue }
  | { readonly kind: "binary"; readonly bytes: Uint8Array }
  /** In shared memory, or not sent. */
  | { readonly kind: "elsewhere" };

/**
 * The tensors that a list of `inputs` or `outputs` describes, with their parts of the raw bytes at the end of `body`.
 * Unread as `unknown_shape` when the list is empty or none of tensors, as `bad_tensor` when a datatype is unknown, a
 * dimension is not an integer from 1 up, or the raw bytes are not as many as the descriptions claim. Linear in the length
 * of the body; elements are not read, so a shape may still claim more than its tensor holds.
 */
export function readTensors(list: JsonValue | undefined, body: Uint8Array): ReadResult<readonly Tensor[]> {
  if (!isList(list) || list.length === 0) return { kind: "unread", reason: "unknown_shape" };
  const described: DescribedTensor[] = [];
  let binaryBytes = 0;
  for (const entry of list) {
    const tensor = describe(entry);
    if (typeof tensor === "string") return { kind: "unread", reason: tensor };
    binaryBytes += tensor.binaryBytes ?? 0;
    described.push(tensor);
  }
  const isBinary = described.some((tensor) => tensor.binaryBytes !== undefined);
  const binary = isBinary ? binaryPart(body, binaryBytes) : body.subarray(0, 0);
  if (binary === undefined) return { kind: "unread", reason: "bad_tensor" };
  return { kind: "read", value: locate(described, binary) };
}

/** The elements of a tensor; opaque when it is not in the body or has MLServer's content type for bytes, `base64`. */
export function tensorCells(tensor: Tensor, pass: JsonPass): TensorCells {
  const { datatype, elements, parameters } = tensor;
  if (elements.kind === "elsewhere" || textMember(parameters, "content_type") === "base64") return { kind: "opaque" };
  const count = tensor.rowCount * tensor.width;
  if (elements.kind === "json") return cellsOfJson(datatype, elements.data, count, pass);
  return cellsOfBytes(datatype, elements.bytes, count);
}

interface DescribedTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: Pick<Tensor, "rank" | "rowCount" | "width">;
  readonly parameters: JsonValue | undefined;
  readonly data: JsonValue | undefined;
  readonly binaryBytes: number | undefined;
}

function describe(entry: JsonValue): DescribedTensor | UnreadReason {
  const name = member(entry, "name");
  const sizes = member(entry, "shape");
  if (typeof name !== "string" || !isList(sizes)) return "unknown_shape";
  const datatype = textMember(entry, "datatype");
  const shape = readShape(sizes);
  if (!isDatatype(datatype) || shape === undefined) return "bad_tensor";
  const parameters = member(entry, "parameters");
  const binaryBytes = member(parameters, "binary_data_size");
  if (binaryBytes !== undefined && !isSize(binaryBytes, 0)) return "bad_tensor";
  return { name: cutText(name), datatype, shape, parameters, data: member(entry, "data"), binaryBytes };
}

function readShape(sizes: readonly JsonValue[]): DescribedTensor["shape"] | undefined {
  const rowCount = sizes[0];
  if (!isSize(rowCount, 1)) return undefined;
  let width = 1;
  for (let index = 1; index < sizes.length; index++) {
    const size = sizes[index];
    if (!isSize(size, 1)) return undefined;
    width *= size;
  }
  return { rank: sizes.length, rowCount, width };
}

function isSize(value: JsonValue | undefined, min: number): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= min;
}

/** Gives each tensor its bytes: they follow each other in the order of the descriptions. */
function locate(described: readonly DescribedTensor[], binary: Uint8Array): readonly Tensor[] {
  let at = 0;
  return described.map(({ name, datatype, shape, parameters, data, binaryBytes }) => {
    const { rank, rowCount, width } = shape;
    const start = at;
    at += binaryBytes ?? 0;
    const elements = elementsOf(data, binaryBytes === undefined ? undefined : binary.subarray(start, at));
    return { name, datatype, rank, rowCount, width, parameters, elements };
  });
}

function elementsOf(data: JsonValue | undefined, bytes: Uint8Array | undefined): TensorElements {
  if (bytes !== undefined) return { kind: "binary", bytes };
  return data === undefined ? { kind: "elsewhere" } : { kind: "json", data };
}
