import type { Field } from "../../support/strict/strict-message.ts";
import { type Ask, postJson } from "./ask.ts";
import { lengthPrefixed } from "./triton-asks.ts";

/** A row of test/e2e/models/triton/scorer. */
export interface Customer {
  readonly city: string;
  readonly income: number;
  readonly visits: number;
  readonly isNew: boolean;
  readonly distance: number;
  readonly ratings: readonly number[];
}

/** The inputs of the model as drift names them. */
export const scorerFeatures = [
  "city",
  "income",
  "visits",
  "is_new",
  "distance",
  "ratings[0]",
  "ratings[1]",
  "ratings[2]",
] as const;

/** One input: its description, its elements in JSON, and in bytes. */
interface Input {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: readonly unknown[];
  readonly bytes: Buffer;
}

function inputsOf(customers: readonly Customer[]): readonly Input[] {
  const column = <Value>(
    [name, datatype]: readonly [string, string],
    data: readonly Value[],
    bytesOf: (value: Value) => Uint8Array,
  ): Input => ({
    name,
    datatype,
    shape: [customers.length, data.length / customers.length],
    data,
    bytes: Buffer.concat(data.map(bytesOf)),
  });
  return [
    // Its elements have odd lengths: whatever follows them is aligned to nothing.
    column(
      ["city", "BYTES"],
      customers.map(({ city }) => city),
      (city) => lengthPrefixed(Buffer.from(city)),
    ),
    column(
      ["income", "FP32"],
      customers.map(({ income }) => income),
      (value) => bytesOf(Float32Array.of(value)),
    ),
    column(
      ["visits", "INT64"],
      customers.map(({ visits }) => visits),
      (value) => bytesOf(BigInt64Array.of(BigInt(value))),
    ),
    column(
      ["is_new", "BOOL"],
      customers.map(({ isNew }) => isNew),
      (value) => Uint8Array.of(value ? 1 : 0),
    ),
    column(
      ["distance", "FP64"],
      customers.map(({ distance }) => distance),
      (value) => bytesOf(Float64Array.of(value)),
    ),
    column(
      ["ratings", "UINT8"],
      customers.flatMap(({ ratings }) => ratings),
      (value) => Uint8Array.of(value),
    ),
  ];
}

const bytesOf = ({ buffer }: NodeJS.TypedArray): Uint8Array => new Uint8Array(buffer);

/** More of a request, beside its inputs. */
export interface ScorerRequest {
  readonly outputs?: readonly unknown[];
  readonly headers?: readonly Field[];
}

const target = "/v2/models/scorer/infer";

/** A request with all inputs in JSON. */
export function scorerJson(customers: readonly Customer[], { headers = [], ...more }: ScorerRequest = {}): Ask {
  const inputs = inputsOf(customers).map(({ name, datatype, shape, data }) => ({ name, datatype, shape, data }));
  const ask = postJson(target, { inputs, ...more });
  return { ...ask, headers: [...(ask.headers ?? []), ...headers] };
}

/** A request with all inputs in binary, those of half precision among them, and all outputs asked for in binary. */
export function scorerBinary(customers: readonly Customer[], { headers = [], ...more }: ScorerRequest = {}): Ask {
  return withTensors(inputsOf(customers), { headers, ...more, parameters: { binary_data_output: true } });
}

/** Half of the inputs in JSON, half in binary, and one of half precision, which has no form in JSON. */
export function scorerMixed(customers: readonly Customer[], discounts: readonly number[]): Ask {
  const inputs = inputsOf(customers);
  const discount: Input = {
    name: "discount",
    datatype: "FP16",
    shape: [customers.length, 1],
    data: [],
    bytes: Buffer.from(bytesOf(Float16Array.from(discounts))),
  };
  const isBinary = ({ name }: Input): boolean => name === "city" || name === "visits" || name === "discount";
  return withTensors([...inputs, discount], {}, isBinary);
}

function withTensors(
  inputs: readonly Input[],
  { headers = [], ...more }: ScorerRequest & { readonly parameters?: unknown },
  isBinary: (input: Input) => boolean = () => true,
): Ask {
  const described = inputs.map((input) => {
    const { bytes, data, ...description } = input;
    return isBinary(input)
      ? { ...description, parameters: { binary_data_size: bytes.length } }
      : { ...description, data };
  });
  const json = Buffer.from(JSON.stringify({ inputs: described, ...more }));
  const tensors = inputs.filter(isBinary).map(({ bytes }) => bytes);
  const fields: Field[] = [
    ["Content-Type", "application/octet-stream"],
    ["Inference-Header-Content-Length", String(json.length)],
  ];
  return { target, headers: [...fields, ...headers], body: Buffer.concat([json, ...tensors]) };
}
