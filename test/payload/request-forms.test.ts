import { describe, expect, it } from "vitest";
import type { Protocol } from "../../src/protocols/list.ts";
import { createReader } from "../support/create-reader.ts";
import { aBody, readRows, testLimits, valueOf } from "../support/read-json-body.ts";

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
