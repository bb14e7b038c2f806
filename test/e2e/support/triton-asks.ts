import { type Field } from "../../support/strict/strict-message.ts";
import { headerOf, type StrictResponse } from "../../support/strict/strict-responses.ts";
import { type Ask, postJson } from "./ask.ts";

/** The path of the model that answers with the numbers it was sent. */
export const identity = "/v2/models/identity/infer";

/** The body of a request to {@link identity}. */
export function numbers(data: readonly number[]): unknown {
  return { inputs: [{ name: "INPUT0", shape: [data.length], datatype: "FP32", data }] };
}

/** The body of a request to the model that turns texts around. */
export function texts(data: readonly string[]): unknown {
  return { inputs: [{ name: "TEXT", shape: [data.length], datatype: "BYTES", data }] };
}

/** A request that takes that long (a negative time fails) and makes the file `touch` when the model begins. */
export function moody(sleepMs: number, touch?: string): Ask {
  const sleep = { name: "SLEEP_MS", shape: [1], datatype: "INT32", data: [sleepMs] };
  const inputs = touch === undefined ? [] : [{ name: "TOUCH", shape: [1], datatype: "BYTES", data: [touch] }];
  return postJson("/v2/models/moody/infer", { inputs: [sleep, ...inputs] });
}

/** A request for a stream of numbers; the body names COUNT and may name PAUSE_MS and FAIL_AT. */
export function count(body: Readonly<Record<string, number>>): Ask {
  return postJson("/v2/models/counter/generate_stream", body);
}

/** One input of a model and its bytes, little-endian and without padding. */
export interface Tensor {
  readonly model: string;
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** A request with its one input in binary, whose outputs are asked for in binary too. */
export function askWithTensor({ model, name, datatype, shape, data }: Tensor): Ask {
  const inputs = [{ name, datatype, shape, parameters: { binary_data_size: data.length } }];
  const json = Buffer.from(JSON.stringify({ inputs, parameters: { binary_data_output: true } }));
  const headers: Field[] = [
    ["Content-Type", "application/octet-stream"],
    ["Inference-Header-Content-Length", String(json.length)],
  ];
  return { target: `/v2/models/${model}/infer`, headers, body: Buffer.concat([json, data]) };
}

/** The bytes after the JSON of an answer. */
export function tensorBytes(answer: StrictResponse): Buffer {
  const length = headerOf(answer, "inference-header-content-length");
  if (length === undefined) throw new Error("the answer holds no binary tensor");
  return answer.body.subarray(Number(length));
}

/** One element of a tensor of byte strings. */
export function lengthPrefixed(element: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(element.length);
  return Buffer.concat([length, element]);
}
