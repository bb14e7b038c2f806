import { describe, expect, it } from "vitest";
import { createReader } from "../support/create-reader.ts";
import type { ReaderLimits, ReadResult, RequestContent } from "../../src/payload/body-content.ts";
import { aBody, readRows, rowsOf, valueOf } from "../support/read-json-body.ts";

describe("bounds of a request", () => {
  const limits: ReaderLimits = { columns: 3, rows: 2, depth: 8 };
  const read = (body: unknown, contentType?: string): ReadResult<RequestContent> =>
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
  ])("leaves columns out and counts them: %s", (_, body, contentType, ...[rows, dropped]) => {
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
