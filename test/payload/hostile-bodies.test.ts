import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { protocols } from "../../src/protocols/list.ts";
import { createReader } from "../support/create-reader.ts";
import type {
  BodyReader,
  ReaderLimits,
  ReadResult,
  RequestContent,
  ResponseContent,
} from "../../src/payload/body-content.ts";
import { aBody, readerOptions } from "../support/read-json-body.ts";

const limits: ReaderLimits = { columns: 8, rows: 8, depth: 16 };
const jsonProtocols = ["mlflow", "tensorflow-serving", "kserve-v1", "bentoml", "generic"] as const;

function check(result: ReadResult<RequestContent | ResponseContent>): void {
  if (result.kind === "unread") return;
  const { value } = result;
  if ("features" in value && value.features) {
    const { columns, rowCount, cells } = value.features;
    expect(cells.length).toBe(rowCount * columns.names.length);
    expect(cells.length).toBeLessThanOrEqual(limits.columns * limits.rows);
    expect(Array.from(cells).every((cell) => typeof cell !== "object" || cell === null)).toBe(true);
  }
  if ("predictions" in value && value.predictions) {
    const { rowCount, values, classes, probabilities, confidences } = value.predictions;
    expect(values.length).toBe(rowCount);
    expect(probabilities.length).toBe(rowCount * classes.length);
    expect([0, rowCount]).toContain(confidences.length);
    const ratios = [...Array.from(probabilities), ...Array.from(confidences)];
    expect(ratios.every((ratio) => ratio >= 0 && ratio <= 1)).toBe(true);
  }
}

function readBoth(reader: BodyReader, body: unknown): void {
  check(reader.readRequest(aBody(body)));
  check(reader.readResponse(aBody(body)));
}

const keys = [
  "dataframe_split",
  "dataframe_records",
  "instances",
  "inputs",
  "examples",
  "context",
  "columns",
  "data",
  "predictions",
  "outputs",
  "results",
  "label",
  "classes",
  "score",
  "scores",
  "probabilities",
  "b64",
  "datatype",
  "choices",
  "messages",
  "toString",
  "valueOf",
  "length",
  "__proto__",
] as const;

/** Values in which every key that some reader looks for may hold anything. */
const anything = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom(null, true, 0, 1, -0, 0.25, 0.75, 1e308, 2 ** 63, "", "a", "NaN"),
    fc.array(tie("value"), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.constantFrom(...keys), tie("value")), { maxLength: 4 })
      .map((members) => Object.fromEntries(members)),
  ),
})).value;

describe("hostile bodies", () => {
  it.each(protocols)("%s: anything under any key is read within bounds or not at all", (protocol) => {
    const reader = createReader(protocol, { limits });
    fc.assert(
      fc.property(fc.constantFrom(...keys), anything, anything, (key, inner, whole) => {
        readBoth(reader, { [key]: inner });
        readBoth(reader, whole);
      }),
      { numRuns: 300 },
    );
  });

  it.each(protocols)("%s: paths of a configuration may lead anywhere", (protocol) => {
    const segment = fc.constantFrom("*", "0", "1", ...keys);
    const path = fc.array(segment, { maxLength: 4 }).map((segments) => segments.map((each) => `/${each}`).join(""));
    fc.assert(
      fc.property(fc.array(path, { maxLength: 3 }), fc.tuple(path, path, path), anything, (features, paths, body) => {
        const [prediction, score, id] = paths;
        readBoth(createReader(protocol, readerOptions({ limits, features, prediction, score, id })), body);
      }),
      { numRuns: 100 },
    );
  });

  const million = 1_000_000;
  it.each<[string, () => string]>([
    ["a million columns", () => `{"instances":[[${"0,".repeat(million)}0]]}`],
    ["very many rows", () => `{"instances":[${"[],".repeat(million / 3)}[]]}`],
    ["very many keys", () => `{"instances":[{${Array.from({ length: million / 12 }, (_, i) => `"k${i}":0`).join()}}]}`],
    [
      "very many keys of a dictionary",
      () => `{${Array.from({ length: million / 12 }, (_, i) => `"k${i}":[0]`).join()}}`,
    ],
    ["a million equal keys", () => `{"instances":[{${'"a":1,'.repeat(million)}"a":1}]}`],
    ["a million names", () => `{"dataframe_split":{"columns":[${'"a",'.repeat(million)}"a"],"data":[[1]]}}`],
    [
      "a long key around many",
      () => `{"instances":[{"${"x".repeat(million)}":{"a":[${"1,".repeat(million / 2)}{}]}}]}`,
    ],
    ["a number of a million digits", () => `{"instances":[${"9".repeat(million)}]}`],
    ["a million large integers", () => `{"instances":[[${"9223372036854775807,".repeat(million / 20)}0]]}`],
    ["a megabyte of text", () => `{"instances":["${"\\u00e9".repeat(million / 6)}"]}`],
    ["a megabyte of backslashes", () => `{"instances":[NaN,"${"\\\\".repeat(million / 2)}"]}`],
    ["a megabyte of half pairs", () => `{"instances":["${"\\ud800".repeat(million / 6)}"]}`],
    ["a megabyte of spaces", () => " ".repeat(million)],
    ["a megabyte of quotes", () => '"'.repeat(million)],
    ["a megabyte of digits and no end", () => `[${"1234567890123456 ".repeat(million / 17)}`],
    ["a million scores", () => `{"predictions":[[${"0.000001,".repeat(million)}0]]}`],
    ["a million labels", () => `{"predictions":[[${'["a",0.1],'.repeat(million / 10)}["b",0]]]}`],
    ["a megabyte of commas", () => ",".repeat(million)],
  ])("bodies with %s are bounded", (_, write) => {
    const body = write();
    for (const protocol of jsonProtocols) readBoth(createReader(protocol, { limits }), body);
  });

  it("comma-separated values in a megabyte of anything are bounded", () => {
    const reader = createReader("mlflow", { limits });
    for (const part of [",", '"', "\n", '""', "a,b\n", '"\n', "\r", ",\n"]) {
      check(reader.readRequest(aBody(part.repeat(million / part.length), "text/csv")));
    }
  });

  it("keys of Object.prototype are columns like any other, and half a pair is text", () => {
    const reader = createReader("mlflow", { limits });
    const lone = '{"inputs":[{"a":"\\ud800","__proto__":"p","constructor":1}]}';
    const result = reader.readRequest(aBody(lone));
    if (result.kind === "unread") throw new Error(result.reason);
    expect(result.value.features?.columns.names).toEqual(["a", "__proto__", "constructor"]);
    expect(result.value.features?.cells).toEqual(["\ud800", "p", 1]);
  });
});
