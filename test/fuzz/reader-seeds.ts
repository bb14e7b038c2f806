import type { Protocol } from "../../src/protocols/list.ts";

/** Bodies of one protocol from which hostile ones are made: valid requests and responses of every form. */
export interface ReaderSeeds {
  readonly protocol: Protocol;
  /** Of requests. */
  readonly contentType: string;
  /** Of responses; `application/json` when absent. */
  readonly responseType?: string;
  readonly target: string;
  readonly requests: readonly (string | Uint8Array)[];
  readonly responses: readonly (string | Uint8Array)[];
}

const json = (value: unknown): string => JSON.stringify(value);

/** A body of KServe v2 with raw tensors, in hexadecimal, behind its JSON. */
const withRaw = (value: unknown, hex: string): Uint8Array =>
  Buffer.concat([Buffer.from(json(value)), Buffer.from(hex.replaceAll(" ", ""), "hex")]);

/** One row for each protocol and media type; a form that is not here is not fuzzed. */
export const readerSeeds: readonly ReaderSeeds[] = [
  {
    protocol: "mlflow",
    contentType: "application/json",
    target: "/invocations",
    requests: [
      json({
        dataframe_split: {
          columns: ["age", "job"],
          index: [0, 1],
          data: [
            [41, "clerk"],
            [1e308, null],
          ],
        },
      }),
      json({ dataframe_split: { columns: [0, 1], data: [[-0, 2 ** 40]] }, params: { a: 1 } }),
      json({
        dataframe_records: [
          { a: 1, b: "x" },
          { b: true, c: { d: [1, 2] } },
        ],
      }),
      json({
        instances: [
          [1, 2],
          [3.5, -4e-7],
        ],
      }),
      json({ inputs: { a: [1, 2], b: ["x", "y"] } }),
      json({
        inputs: [
          [
            [1, 2],
            [3, 4],
          ],
          [
            [5, 6],
            [7, 8],
          ],
        ],
      }),
      json({ messages: [{ role: "user", content: "hi" }] }),
      '{"instances":[[9007199254740993,NaN,-Infinity]]}',
    ],
    responses: [
      json({ predictions: [1, 0, 2] }),
      json({ predictions: ["cat", "dog"] }),
      json({
        predictions: [
          [0.1, 0.9],
          [0.75, 0.25],
        ],
      }),
      json({
        predictions: [
          { label: "a", probability: 0.5 },
          { label: "b", probability: 1 },
        ],
      }),
      json({ predictions: { a: [1, 2], b: [3, 4] } }),
      json({ choices: [{ message: { content: "hi" }, finish_reason: "stop" }], usage: { prompt_tokens: 1 } }),
    ],
  },
  {
    protocol: "mlflow",
    contentType: "text/csv",
    target: "/invocations",
    requests: ['age,job\n41,clerk\n,"a ""b"", c"\n', "a\r\n1\r\n-0\r\n1e999\r\n"],
    responses: [json({ predictions: [true, false] })],
  },
  {
    protocol: "tensorflow-serving",
    contentType: "application/json",
    target: "/v1/models/m:predict",
    requests: [
      json({ signature_name: "s", instances: [1, 2, 5] }),
      json({
        instances: [
          { x: [1, 2], y: "a" },
          { x: [3, 4], y: "b" },
        ],
      }),
      json({ instances: [{ image: { b64: "aGk=" }, id: 1 }] }),
      json({
        inputs: {
          x: [
            [1, 2],
            [3, 4],
          ],
          y: [1, 2],
        },
      }),
      json({ examples: [{ a: 1 }, { a: 2, b: ["x", "y"] }], context: { c: 3 } }),
      '{"instances":[NaN,Infinity,-Infinity,9223372036854775807]}',
    ],
    responses: [
      '{"predictions":[3.5,NaN,-Infinity]}',
      json({ predictions: [{ classes: 1, probabilities: [0.25, 0.75] }] }),
      json({ outputs: { classes: [["a", "b"]], scores: [[0.5, 0.5]] } }),
      json({
        results: [
          [
            ["a", 0.25],
            ["b", 0.75],
          ],
          [
            ["a", 1],
            ["b", 0],
          ],
        ],
      }),
      json({ results: [42] }),
    ],
  },
  {
    protocol: "kserve-v1",
    contentType: "application/json",
    target: "/v1/models/m:predict",
    requests: [
      json({
        instances: [
          [6.8, 2.8, 4.8, 1.4],
          [6, 3.4, 4.5, 1.6],
        ],
      }),
    ],
    responses: [json({ predictions: [1, 1] }), json({ predictions: [[[{ label: "a", score: 1 }]]] })],
  },
  {
    protocol: "bentoml",
    contentType: "application/json",
    target: "/classify",
    requests: [
      json({
        input_data: [
          [1, 2],
          [3, 4],
        ],
        top: 1,
      }),
      json({ passenger: { age: 4, name: "x" } }),
      json([1]),
    ],
    responses: [json([0, 1]), json({ label: "a", scores: [0.5, 0.5] }), json({ a: 0.25, b: 0.75 })],
  },
  {
    protocol: "generic",
    contentType: "",
    target: "/any",
    requests: [
      json({ inputs: [{ name: "x", shape: [1, 2], datatype: "FP32", data: [1, 2] }] }),
      json({ instances: [[1]] }),
      json({ prompt: "hi" }),
      json([{ a: 1 }, { a: 2 }]),
    ],
    responses: [
      json({ outputs: [{ name: "y", shape: [1], datatype: "INT64", data: [1] }] }),
      json({ predictions: [1] }),
      json({ choices: [] }),
      json("yes"),
    ],
  },
  {
    protocol: "kserve-v2",
    contentType: "application/octet-stream",
    target: "/v2/models/m/infer",
    requests: [
      json({
        id: "1",
        inputs: [
          {
            name: "x",
            shape: [2, 2],
            datatype: "FP32",
            data: [
              [1, 2],
              [3, 4],
            ],
          },
        ],
      }),
      json({
        parameters: { content_type: "pd" },
        inputs: [
          { name: "a", shape: [2], datatype: "BYTES", data: ["x", "y"] },
          { name: "b", shape: [2, 1], datatype: "INT64", data: [1, 2] },
        ],
      }),
      '{"inputs":[{"name":"x","shape":[2],"datatype":"UINT64","data":[18446744073709551615,1]}]}',
      withRaw(
        {
          inputs: [
            { name: "h", shape: [1, 2], datatype: "FP16", parameters: { binary_data_size: 4 } },
            { name: "s", shape: [1], datatype: "BYTES", parameters: { binary_data_size: 6 } },
            { name: "j", shape: [1], datatype: "BOOL", data: [true] },
            { name: "f", shape: [1], datatype: "FP64", parameters: { binary_data_size: 8 } },
          ],
        },
        "00bc017c 020000004142 000000000000f07f",
      ),
    ],
    responses: [
      json({ model_name: "m", outputs: [{ name: "y", shape: [2, 2], datatype: "FP32", data: [0.5, 0.5, 1, 0] }] }),
      json({ outputs: [{ name: "y", shape: [1, 2], datatype: "BYTES", data: ["0.750000:1:b", "0.250000:0:a"] }] }),
      withRaw(
        {
          outputs: [
            { name: "label", shape: [1], datatype: "INT32", parameters: { binary_data_size: 4 } },
            { name: "scores", shape: [1, 2], datatype: "BF16", parameters: { binary_data_size: 4 } },
          ],
        },
        "01000000 003f003f",
      ),
    ],
  },
  {
    protocol: "torchserve",
    contentType: "multipart/form-data; boundary=b",
    responseType: "text/plain",
    target: "/predictions/m",
    requests: [
      '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n5\r\n--b\r\nContent-Disposition: form-data; name="b"; filename="x"\r\nContent-Type: image/gif\r\n\r\nGIF89a\r\n--b--\r\n',
      '--b\r\nContent-Disposition: form-data; name="data"\r\n\r\n[{"a":1},{"a":2}]\r\n--b--',
    ],
    responses: ["tabby cat", json({ cat: 0.5, dog: 0.25 }), json([0.25, 0.75])],
  },
  {
    protocol: "torchserve",
    contentType: "",
    target: "/predictions/m",
    requests: [
      json({ data: [[1, 2]] }),
      json({ instances: [{ a: 1 }] }),
      Buffer.from("89504e470d0a1a0a0000000d494844520000001c00000020", "hex"),
      Buffer.from("ffd8ffdb000300ffc0001108001c001c03012200021101031101", "hex"),
    ],
    responses: [json({ class: "a", probability: 0.5 }), json(["a", "b"]), json({ predictions: [1] })],
  },
  {
    protocol: "openai",
    contentType: "application/json",
    target: "/v1/chat/completions",
    requests: [json({ model: "m", messages: [{ role: "user", content: "hi" }] })],
    responses: [
      json({ model: "m", choices: [{ finish_reason: "stop" }], usage: { prompt_tokens: 1, completion_tokens: 2 } }),
      json({ status: "completed", usage: { input_tokens: 1, output_tokens: 2 } }),
    ],
  },
];
