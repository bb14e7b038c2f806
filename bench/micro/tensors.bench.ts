/** Reading tensors and forms: what it costs before anything is counted. A batch is 100 rows of 500 features. */
import { createKserveV2Reader } from "../../src/protocols/kserve-v2/reader.ts";
import { createTorchserveReader } from "../../src/protocols/torchserve/reader.ts";
import type { DecodedBody, ReadResult, RequestContent } from "../../src/payload/body-content.ts";
import type { MicroCases } from "./run-micro.ts";

const limits = { rows: 10_000, columns: 1000, depth: 64 };
const kserveV2 = createKserveV2Reader({ limits });
const torchserve = createTorchserveReader({ limits });
const rows = 100;
const width = 500;
const numbers = Array.from({ length: rows * width }, (_, index) => Math.sin(index));

const bodyOf = (bytes: Uint8Array, contentType = "application/json"): DecodedBody => ({
  bytes,
  contentType,
  target: "/v2/models/m/infer",
});

/** The batch as one tensor behind its description, which is padded so that the tensor begins at an aligned offset plus `shift`. */
function binary(datatype: string, elements: ArrayBufferView, shift = 0): DecodedBody {
  const raw = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
  const parameters = { binary_data_size: raw.length };
  const json = JSON.stringify({ inputs: [{ name: "x", shape: [rows, width], datatype, parameters }] });
  const head = json.padEnd(Math.ceil(json.length / 8) * 8 + shift);
  const bytes = new Uint8Array(head.length + raw.length);
  bytes.set(new TextEncoder().encode(head));
  bytes.set(raw, head.length);
  return bodyOf(bytes);
}

const json = (document: unknown): DecodedBody => bodyOf(new TextEncoder().encode(JSON.stringify(document)));

const floats = binary("FP32", Float32Array.from(numbers));
const shifted = binary("FP32", Float32Array.from(numbers), 1);
const halves = binary("FP16", Float16Array.from(numbers));
const brainFloats = binary(
  "BF16",
  Uint16Array.from(numbers, (_, index) => index),
);
const integers = binary(
  "INT64",
  BigInt64Array.from(numbers, (_, index) => BigInt(index) * 1_000_003n),
);
const single = json({ inputs: [{ name: "x", shape: [1, 40], datatype: "FP32", data: numbers.slice(0, 40) }] });
const named = json({
  inputs: numbers
    .slice(0, 40)
    .map((value, index) => ({ name: `feature_${index}`, shape: [1, 1], datatype: "FP64", data: [value] })),
});
const form = bodyOf(
  new TextEncoder().encode(
    `--b\r\nContent-Disposition: form-data; name="data"; filename="a"\r\nContent-Type: image/jpeg\r\n\r\n${"x".repeat(100_000)}\r\n--b--\r\n`,
  ),
  "multipart/form-data; boundary=b",
);

/** Reads and adds up all numbers, as a counter would have to look at each. */
function readAndSum(body: DecodedBody): number {
  const cells = featuresOf(kserveV2.readRequest(body)).cells;
  let sum = 0;
  for (let index = 0; index < cells.length; index++) sum += Number(cells[index]);
  return sum;
}

function featuresOf(result: ReadResult<RequestContent>): NonNullable<RequestContent["features"]> {
  if (result.kind === "unread" || result.value.features === undefined) throw new Error("the body was not read");
  return result.value.features;
}

/** The cases, by name. */
export const cases: MicroCases = {
  "100 × 500 FP32, aligned": () => kserveV2.readRequest(floats),
  "100 × 500 FP32, aligned, and every cell looked at": () => readAndSum(floats),
  "100 × 500 FP32, unaligned": () => kserveV2.readRequest(shifted),
  "100 × 500 FP16": () => kserveV2.readRequest(halves),
  "100 × 500 BF16": () => kserveV2.readRequest(brainFloats),
  "100 × 500 INT64": () => kserveV2.readRequest(integers),
  "40 numbers in JSON, one tensor": () => kserveV2.readRequest(single),
  "the same, JSON.parse alone": () => JSON.parse(new TextDecoder().decode(single.bytes)),
  "40 numbers in JSON, a tensor each": () => kserveV2.readRequest(named),
  "the same tensors, JSON.parse alone": () => JSON.parse(new TextDecoder().decode(named.bytes)),
  "a form with a file of 100 KB": () => torchserve.readRequest({ ...form, target: "/predictions/m" }),
};
