import { describe, expect, it } from "vitest";

import type { Protocol } from "../../../src/inference/protocol.ts";
import { createReader } from "../../../src/inference/readers/create-reader.ts";
import type { ReaderLimits, ReadResult, RequestReading } from "../../../src/inference/reading.ts";
import { aBody, readAnswer, readRows, rowsOf, testLimits, valueOf } from "../../support/read-json-body.ts";

const b64 = { b64: "aGVsbG8=" };

describe("features of a request", () => {
  it.each<[Protocol, string, unknown, unknown]>([
    [
      "mlflow",
      "a split frame",
      {
        dataframe_split: {
          columns: ["a", "b"],
          data: [
            [1, "x"],
            [2, null],
          ],
        },
      },
      [
        { a: 1, b: "x" },
        { a: 2, b: null },
      ],
    ],
    [
      "mlflow",
      "a split frame with short and long rows",
      { dataframe_split: { columns: ["a", "b"], data: [[1], [2, 3, 4], 5] } },
      [{ a: 1 }, { a: 2, b: 3 }, {}],
    ],
    [
      "mlflow",
      "a split frame with levels of names",
      {
        dataframe_split: {
          columns: [
            ["a", 1],
            ["b", 2],
          ],
          data: [[1, 2]],
        },
      },
      [{ "a.1": 1, "b.2": 2 }],
    ],
    ["mlflow", "a split frame without names", { dataframe_split: { data: [[1, 2]] } }, [{ 0: 1, 1: 2 }]],
    [
      "mlflow",
      "a split frame with lists in it",
      { dataframe_split: { columns: ["a", "b"], data: [[[1, 2], 3]] } },
      [{ b: 3 }],
    ],
    [
      "mlflow",
      "records",
      {
        dataframe_records: [
          { a: 1, b: "x" },
          { a: 2, b: "y" },
        ],
      },
      [
        { a: 1, b: "x" },
        { a: 2, b: "y" },
      ],
    ],
    [
      "mlflow",
      "records of differing keys",
      { dataframe_records: [{ a: 1 }, { b: 2, a: 3 }] },
      [{ a: 1 }, { a: 3, b: 2 }],
    ],
    [
      "mlflow",
      "records in another order",
      {
        dataframe_records: [
          { a: 1, b: 2 },
          { b: 3, a: 4 },
        ],
      },
      [
        { a: 1, b: 2 },
        { a: 4, b: 3 },
      ],
    ],
    [
      "mlflow",
      "records with dictionaries in them",
      { dataframe_records: [{ a: { b: 1, c: [2, { d: 3 }] } }] },
      [{ "a.b": 1, "a.c[0]": 2, "a.c[1].d": 3 }],
    ],
    ["mlflow", "a single record", { dataframe_records: [{ a: 1, "": 2 }] }, [{ a: 1, "": 2 }]],
    [
      "mlflow",
      "lists",
      {
        inputs: [
          [1, 2],
          [3, 4],
        ],
      },
      [
        { 0: 1, 1: 2 },
        { 0: 3, 1: 4 },
      ],
    ],
    ["mlflow", "scalars", { instances: ["x", "y"] }, [{ 0: "x" }, { 0: "y" }]],
    [
      "mlflow",
      "a dictionary of columns",
      { inputs: { a: [1, 2], b: ["x", "y"] } },
      [
        { a: 1, b: "x" },
        { a: 2, b: "y" },
      ],
    ],
    ["mlflow", "a dictionary of scalars", { inputs: { a: 1, b: "x" } }, [{ a: 1, b: "x" }]],
    ["mlflow", "columns of differing length", { inputs: { a: [1, 2], b: [3] } }, [{ "a[0]": 1, "a[1]": 2, "b[0]": 3 }]],
    [
      "mlflow",
      "nested lists",
      {
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
      },
      [
        { 0: 1, 1: 2, 2: 3, 3: 4 },
        { 0: 5, 1: 6, 2: 7, 3: 8 },
      ],
    ],
    ["mlflow", "rows of differing width", { inputs: [[1], [2, 3], []] }, [{ 0: 1 }, { 0: 2, 1: 3 }, {}]],
    ["mlflow", "rows of all kinds", { inputs: [1, [2, 3], { a: 4 }] }, [{ 0: 1 }, { 0: 2, 1: 3 }, { a: 4 }]],
    ["mlflow", "no rows", { inputs: [] }, []],
    ["mlflow", "a prompt", { messages: [{ role: "user", content: "hi" }] }, undefined],
    ["mlflow", "rows without columns", { inputs: [[], []] }, undefined],
    ["tensorflow-serving", "scalars", { instances: [1, 2.5] }, [{ 0: 1 }, { 0: 2.5 }]],
    [
      "tensorflow-serving",
      "words that are no JSON",
      '{"instances":[[NaN,Infinity,-Infinity]]}',
      [{ 0: Number.NaN, 1: Infinity, 2: -Infinity }],
    ],
    [
      "tensorflow-serving",
      "64-bit integers",
      '{"instances":[[9223372036854775807,1]]}',
      [{ 0: 9223372036854775807n, 1: 1 }],
    ],
    [
      "tensorflow-serving",
      "one named input",
      { instances: [{ x: [1, 2] }, { x: [3, 4] }] },
      [
        { "x[0]": 1, "x[1]": 2 },
        { "x[0]": 3, "x[1]": 4 },
      ],
    ],
    ["tensorflow-serving", "named inputs", { instances: [{ x: [1, 2], y: "a" }] }, [{ "x[0]": 1, "x[1]": 2, y: "a" }]],
    [
      "tensorflow-serving",
      "named inputs by column",
      {
        inputs: {
          x: [
            [1, 2],
            [3, 4],
          ],
          y: ["a", "b"],
        },
      },
      [
        { "x[0]": 1, "x[1]": 2, y: "a" },
        { "x[0]": 3, "x[1]": 4, y: "b" },
      ],
    ],
    [
      "tensorflow-serving",
      "one named input by column",
      {
        inputs: {
          x: [
            [1, 2],
            [3, 4],
          ],
        },
      },
      [
        { "x[0]": 1, "x[1]": 2 },
        { "x[0]": 3, "x[1]": 4 },
      ],
    ],
    ["tensorflow-serving", "bytes beside numbers", { instances: [{ image: b64, size: 3 }] }, [{ size: 3 }]],
    ["tensorflow-serving", "nothing but bytes", { instances: [b64, b64] }, undefined],
    [
      "tensorflow-serving",
      "examples with a context",
      { examples: [{ a: 1 }, { a: 2, c: 9 }], context: { c: 3 } },
      [
        { c: 3, a: 1 },
        { c: 9, a: 2 },
      ],
    ],
    ["kserve-v1", "instances", { instances: [[6.8, 2.8]] }, [{ 0: 6.8, 1: 2.8 }]],
    ["bentoml", "arguments", { age: 41, job: "clerk" }, [{ age: 41, job: "clerk" }]],
    ["bentoml", "rows beside settings", { rows: [[1, 2]], top: 3 }, [{ 0: 1, 1: 2 }]],
    ["bentoml", "an only argument", { passenger: { age: 41 } }, [{ age: 41 }]],
    ["bentoml", "a list of texts", { texts: ["a", "b"] }, [{ texts: "a" }, { texts: "b" }]],
    ["generic", "a frame", { dataframe_split: { columns: ["a"], data: [[1]] } }, [{ a: 1 }]],
    [
      "generic",
      "tensors",
      { inputs: [{ name: "x", shape: [1, 2], datatype: "FP32", data: [1, 2] }] },
      [{ "x[0]": 1, "x[1]": 2 }],
    ],
    ["generic", "a prompt", { prompt: "hi", model: "m" }, undefined],
    ["generic", "rows", [{ a: 1 }], [{ a: 1 }]],
    ["generic", "arguments", { a: 1 }, [{ a: 1 }]],
  ])("%s: reads %s", (protocol, _, body, rows) => {
    expect(readRows(protocol, body)).toEqual(rows);
  });

  it.each(["mlflow", "generic"] as const)("%s: reads comma-separated values", (protocol) => {
    const csv = 'age,job,id,note\r\n41,"a ""b"", c",9007199254740993,\r\n-0.5,02134,1e3\r\n';
    expect(readRows(protocol, csv, { contentType: "text/csv; charset=utf-8" })).toEqual([
      { age: 41, job: 'a "b", c', id: 9007199254740993n, note: null },
      { age: -0.5, job: "02134", id: 1000 },
    ]);
  });

  it("knows names that were made up from positions", () => {
    const reader = createReader("mlflow", { limits: testLimits });
    const isPositional = (body: unknown): boolean | undefined =>
      valueOf(reader.readRequest(aBody(body))).features?.columns.isPositional;
    expect(isPositional({ inputs: [[1, 2]] })).toBe(true);
    expect(isPositional({ dataframe_split: { columns: [0, 1], data: [[1, 2]] } })).toBe(true);
    expect(isPositional({ inputs: [{ x: [1, 2] }] })).toBe(true);
    expect(isPositional({ dataframe_split: { columns: ["0", "1"], data: [[1, 2]] } })).toBe(false);
    expect(isPositional({ dataframe_split: { columns: [1, 0], data: [[1, 2]] } })).toBe(false);
    expect(isPositional({ inputs: [{ 0: 1, 1: 2 }] })).toBe(false);
  });

  it("gives the same columns object for the same names in every form", () => {
    const reader = createReader("mlflow", { limits: testLimits });
    const columnsOf = (body: unknown): unknown => valueOf(reader.readRequest(aBody(body))).features?.columns;
    const first = columnsOf({ dataframe_split: { columns: ["a", "b"], data: [[1, 2]] } });
    expect(columnsOf({ dataframe_records: [{ a: 5, b: 6 }] })).toBe(first);
    expect(columnsOf({ inputs: { a: [1], b: [2] } })).toBe(first);
    expect(columnsOf({ dataframe_records: [{ a: { x: 1 } }] })).not.toBe(first);
    expect(
      columnsOf({
        dataframe_records: [
          { a: 1, b: null },
          { a: 2, b: 3 },
        ],
      }),
    ).toBe(first);
  });

  it("cuts texts and names, never within a character", () => {
    const long = `${"x".repeat(255)}\u{1f600}`;
    expect(readRows("mlflow", { inputs: [[long]] })).toEqual([{ 0: "x".repeat(255) }]);
    expect(readRows("mlflow", { inputs: [{ [long]: 1 }] })).toEqual([{ ["x".repeat(255)]: 1 }]);
    expect(readRows("mlflow", { dataframe_split: { columns: [long], data: [[1]] } })).toEqual([
      { ["x".repeat(255)]: 1 },
    ]);
    expect(readRows("mlflow", `${long}\n${long}\n`, { contentType: "text/csv" })).toEqual([
      { ["x".repeat(255)]: "x".repeat(255) },
    ]);
  });
});

describe("bounds of a request", () => {
  const limits: ReaderLimits = { columns: 3, rows: 2, depth: 8 };
  const read = (body: unknown, contentType?: string): ReadResult<RequestReading> =>
    createReader("mlflow", { limits }).readRequest(aBody(body, contentType));

  it.each<[string, unknown, string | undefined, unknown, number]>([
    ["a row", { inputs: [[1, 2, 3, 4, 5]] }, undefined, [{ 0: 1, 1: 2, 2: 3 }], 2],
    ["rows", { inputs: [[1], [1, 2, 3, 4]] }, undefined, [{ 0: 1 }, { 0: 1, 1: 2, 2: 3 }], 1],
    [
      "nested lists",
      {
        inputs: [
          [
            [1, 2],
            [3, 4],
          ],
        ],
      },
      undefined,
      [{ 0: 1, 1: 2, 2: 3 }],
      1,
    ],
    ["a record", { inputs: [{ a: 1, b: 2, c: 3, d: 4, e: 5 }] }, undefined, [{ a: 1, b: 2, c: 3 }], 2],
    [
      "records",
      {
        inputs: [
          { a: 1, b: 2 },
          { c: 3, d: 4, a: 5 },
        ],
      },
      undefined,
      [
        { a: 1, b: 2 },
        { c: 3, a: 5 },
      ],
      1,
    ],
    [
      "a list in a record",
      { inputs: [{ a: [1, 2, 3, 4, 5], b: 1 }] },
      undefined,
      [{ "a[0]": 1, "a[1]": 2, "a[2]": 3 }],
      3,
    ],
    [
      "a split frame",
      { dataframe_split: { columns: ["a", "b", "c", "d"], data: [[1, 2, 3, 4]] } },
      undefined,
      [{ a: 1, b: 2, c: 3 }],
      1,
    ],
    ["columns", { inputs: { a: [1], b: [2], c: [3], d: [4] } }, undefined, [{ a: 1, b: 2, c: 3 }], 1],
    ["comma-separated values", "a,b,c,d\n1,2,3,4\n", "text/csv", [{ a: 1, b: 2, c: 3 }], 1],
  ])("leaves columns out and counts them: %s", (_, body, contentType, rows, dropped) => {
    const { features, droppedColumns } = valueOf(read(body, contentType));
    expect(features && rowsOf(features)).toEqual(rows);
    expect(droppedColumns).toBe(dropped);
  });

  it.each([
    [{ inputs: [1, 2, 3] }, undefined],
    [{ inputs: [[1], [2], [3]] }, undefined],
    [{ inputs: { a: [1, 2, 3] } }, undefined],
    [{ dataframe_records: [{}, {}, {}] }, undefined],
    [{ dataframe_split: { columns: ["a"], data: [[1], [2], [3]] } }, undefined],
    ["a\n1\n2\n3\n", "text/csv"],
  ])("does not read %j, which has more rows than are read", (body, contentType) => {
    expect(read(body, contentType)).toEqual({ kind: "unread", reason: "too_many_rows" });
  });

  it("does not let a small body become a large table", () => {
    const large = createReader("mlflow", { limits: { columns: 100_000, rows: 100_000, depth: 8 } });
    const wide = Array.from({ length: 50_000 }, (_, index) => index);
    const keys = Object.fromEntries(wide.map((index) => [`k${index}`, 0]));
    const bodies = [
      { inputs: [wide, ...wide.map(() => [])] },
      { inputs: [keys, ...wide.map(() => ({}))] },
      { dataframe_split: { columns: wide.map(String), data: wide.map(() => []) } },
    ];
    for (const body of bodies) {
      expect(large.readRequest(aBody(body))).toEqual({ kind: "unread", reason: "too_many_rows" });
    }
    const csv = `${wide.map((index) => `c${index}`).join()}\n${"1\n".repeat(50_000)}`;
    expect(large.readRequest(aBody(csv, "text/csv"))).toEqual({ kind: "unread", reason: "too_many_rows" });
    const examples = createReader("tensorflow-serving", { limits: { columns: 100_000, rows: 100_000, depth: 8 } });
    const shared = { examples: wide.map(() => ({})), context: keys };
    expect(examples.readRequest(aBody(shared))).toEqual({ kind: "unread", reason: "too_many_rows" });
  });

  it.each<[unknown, string, string]>([
    ["", "application/json", "empty"],
    ["", "text/csv", "empty"],
    ["{", "application/json", "not_json"],
    ["{", "", "not_json"],
    ["a=1", "application/x-www-form-urlencoded", "unsupported_content_type"],
    ["x", "image/png", "unsupported_content_type"],
    ["--x", "multipart/form-data; boundary=x", "unsupported_content_type"],
    ['a\n"1', "text/csv", "not_csv"],
    ["a\n1,2", "text/csv", "not_csv"],
    [{ inputs: [[[[[[[[[1]]]]]]]]] }, "application/json", "too_deep"],
    [{ rows: [[1]] }, "application/json", "unknown_shape"],
    [{ inputs: null }, "application/json", "unknown_shape"],
    [{ dataframe_split: { columns: ["a"] } }, "application/json", "unknown_shape"],
    [{ dataframe_split: [1] }, "application/json", "unknown_shape"],
    [[1], "application/json", "unknown_shape"],
    [null, "application/json", "unknown_shape"],
  ])("does not read %j as %s: %s", (body, contentType, reason) => {
    expect(read(body, contentType)).toEqual({ kind: "unread", reason });
  });

  it("reads JSON that is said to be a form, as clients of TensorFlow Serving send it", () => {
    const contentType = "application/x-www-form-urlencoded";
    expect(readRows("tensorflow-serving", { instances: [1] }, { contentType })).toEqual([{ 0: 1 }]);
  });
});

describe("answers of each protocol", () => {
  const plain = (values: unknown): unknown => ({ values, classes: [], probabilities: [], confidences: [] });

  it.each<[Protocol, unknown, unknown]>([
    ["mlflow", { predictions: [1, 2] }, [1, 2]],
    ["mlflow", ["bare"], ["bare"]],
    ["mlflow", { predictions: [{ "0": 1.5 }] }, [1.5]],
    ["tensorflow-serving", { predictions: [3.5, 4] }, [3.5, 4]],
    ["tensorflow-serving", { outputs: [[3.5], [4]] }, [3.5, 4]],
    ["tensorflow-serving", { outputs: { y: [3.5, 4] } }, [3.5, 4]],
    ["tensorflow-serving", { results: [42] }, [42]],
    ["tensorflow-serving", { result: [42] }, [42]],
    [
      "tensorflow-serving",
      '{"predictions":[NaN,-Infinity,9223372036854775807]}',
      [Number.NaN, -Infinity, 9223372036854775807n],
    ],
    ["kserve-v1", { predictions: [1] }, [1]],
    ["bentoml", [1, 2], [1, 2]],
    ["bentoml", 7, [7]],
    ["bentoml", { result: "ok" }, ["ok"]],
    ["generic", { predictions: [1] }, [1]],
    ["generic", { results: [1] }, [1]],
    ["generic", { outputs: [{ name: "y", shape: [2], datatype: "INT64", data: [1, 2] }] }, [1, 2]],
    ["generic", "yes", ["yes"]],
  ])("%s: %j", (protocol, body, values) => {
    const text = typeof body === "string" && protocol === "generic" ? JSON.stringify(body) : body;
    expect(readAnswer(protocol, text)).toEqual(plain(values));
  });

  it("reads TensorFlow Serving's named outputs and classifications", () => {
    const sure = { values: ["b"], classes: ["a", "b"], probabilities: [0.25, 0.75], confidences: [0.75] };
    expect(readAnswer("tensorflow-serving", { outputs: { classes: [["a", "b"]], scores: [[0.25, 0.75]] } })).toEqual(
      sure,
    );
    expect(
      readAnswer("tensorflow-serving", {
        results: [
          [
            ["a", 0.25],
            ["b", 0.75],
          ],
        ],
      }),
    ).toEqual(sure);
    expect(readAnswer("tensorflow-serving", { predictions: [{ classes: 1, probabilities: [0.25, 0.75] }] })).toEqual({
      ...sure,
      values: [1],
      classes: ["0", "1"],
    });
  });

  it("reads the tokens of a completion that MLflow or an unknown server answers with", () => {
    const completion = {
      choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    };
    for (const protocol of ["mlflow", "generic"] as const) {
      const { usage } = valueOf(createReader(protocol, { limits: testLimits }).readResponse(aBody(completion)));
      expect(usage).toMatchObject({ promptTokens: 3, completionTokens: 2 });
    }
  });

  it.each<[Protocol, unknown]>([
    ["mlflow", { error_code: "BAD_REQUEST" }],
    ["kserve-v1", { error: "x" }],
    ["tensorflow-serving", { error: "x" }],
    ["kserve-v1", []],
  ])("%s: does not read %j", (protocol, body) => {
    const result = createReader(protocol, { limits: testLimits }).readResponse(aBody(body));
    expect(result).toEqual({ kind: "unread", reason: "unknown_shape" });
  });
});
