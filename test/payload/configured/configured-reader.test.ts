import { describe, expect, it } from "vitest";

import { protocols } from "../../../src/protocols/list.ts";
import { createReader } from "../../support/create-reader.ts";
import { compilePointer, valuesAt } from "../../../src/payload/json/json-pointer.ts";
import type { ReaderOptions } from "../../../src/payload/reader-options.ts";
import { aBody, readAnswer, readRows, testLimits, valueOf } from "../../support/read-json-body.ts";

describe("JSON pointers", () => {
  // RFC 6901 §5.
  const document = {
    foo: ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
  };

  it.each([
    ["", document],
    ["/foo", ["bar", "baz"]],
    ["/foo/0", "bar"],
    ["/", 0],
    ["/a~1b", 1],
    ["/c%d", 2],
    ["/e^f", 3],
    ["/g|h", 4],
    ["/i\\j", 5],
    ['/k"l', 6],
    ["/ ", 7],
    ["/m~0n", 8],
  ])("finds what RFC 6901 says is at %j", (text, value) => {
    expect(valuesAt(compilePointer(text), document, 10)).toEqual([value]);
  });

  it.each([
    "/foo/2",
    "/foo/-",
    "/foo/01",
    "/foo/00",
    "/foo/bar",
    "/nope",
    "/a~01b",
    "/toString",
    "/foo/length",
    "/__proto__",
  ])("finds nothing at %s", (text) => {
    expect(valuesAt(compilePointer(text), document, 10)).toBeUndefined();
  });

  it.each([
    ["foo", /begin/],
    ["/a~", /~0 nor ~1/],
    ["/a~2", /~0 nor ~1/],
    ["/a".repeat(65), /64 segments/],
  ])("refuses %s", (text, message) => {
    expect(() => compilePointer(text)).toThrow(message);
    for (const protocol of protocols) {
      expect(() => createReader(protocol, { limits: testLimits, id: text })).toThrow(RangeError);
    }
  });

  it("takes a star for every element, and keeps elements together whatever they lack", () => {
    const at = (text: string, value: unknown, limit = 10): unknown =>
      valuesAt(compilePointer(text), value as never, limit);
    const rows = { rows: [{ a: 1 }, { b: 2 }, { a: 3 }] };
    expect(at("/rows/*/a", rows)).toEqual([1, undefined, 3]);
    expect(at("/rows/*/a", { rows: { x: { a: 1 }, y: { a: 2 } } })).toEqual([1, 2]);
    expect(at("/*/*", [[1, 2], [], [3], 4])).toEqual([1, 2, 3, undefined]);
    expect(at("/rows/*", { rows: [] })).toEqual([]);
    expect(at("/rows/*", {})).toBeUndefined();
    expect(at("/rows/*/c", rows)).toBeUndefined();
    expect(at("/*", [1, 2, 3, 4, 5], 2)).toEqual([1, 2, 3]);
    expect(compilePointer("/a/*/b~1c")).toEqual({
      text: "/a/*/b~1c",
      segments: ["a", null, "b/c"],
      hasWildcard: true,
      name: "b/c",
    });
  });
});

describe("configured paths of a request", () => {
  const body = {
    user: { id: "u1", age: 41 },
    rows: [
      { id: 7, price: 1.5, tags: ["x", "y"] },
      { id: null, tags: ["z"] },
    ],
    vector: [1, 2, 3],
  };

  it.each<[readonly string[], unknown]>([
    [["/vector"], [{ 0: 1 }, { 0: 2 }, { 0: 3 }]],
    [["/user"], [{ id: "u1", age: 41 }]],
    [
      ["/rows"],
      [
        { id: 7, price: 1.5, "tags[0]": "x", "tags[1]": "y" },
        { id: null, "tags[0]": "z" },
      ],
    ],
    [
      ["/rows/*"],
      [
        { id: 7, price: 1.5, "tags[0]": "x", "tags[1]": "y" },
        { id: null, "tags[0]": "z" },
      ],
    ],
    [["/rows/*/tags"], [{ 0: "x", 1: "y" }, { 0: "z" }]],
    [["/rows/*/price"], [{ price: 1.5 }, {}]],
    [
      ["/rows/*/price", "/user/age"],
      [{ price: 1.5, age: 41 }, { age: 41 }],
    ],
    [
      ["/rows/*/id", "/user/id"],
      [
        { "/rows/*/id": 7, "/user/id": "u1" },
        { "/rows/*/id": null, "/user/id": "u1" },
      ],
    ],
    [["/user", "/vector/0"], [{ "user.id": "u1", "user.age": 41, "0": 1 }]],
    [["/user", "/vector"], [{ "user.id": "u1", "user.age": 41, "vector[0]": 1, "vector[1]": 2, "vector[2]": 3 }]],
    [
      ["/rows/*/price", "/user"],
      [{ price: 1.5 }, {}],
    ],
    [
      ["/rows/*/price", "/nope"],
      [{ price: 1.5 }, {}],
    ],
    [["/vector/*"], [{ vector: 1 }, { vector: 2 }, { vector: 3 }]],
  ])("reads %j", (features, rows) => {
    expect(readRows("generic", body, { features })).toEqual(rows);
  });

  it("replace what the protocol says, in every protocol", () => {
    const both = { ...body, instances: [[9]], inputs: [[9]] };
    for (const protocol of protocols) {
      expect(readRows(protocol, both, { features: ["/user"] }), protocol).toEqual([{ id: "u1", age: 41 }]);
    }
  });

  it.each<[Partial<ReaderOptions>, string]>([
    [{ features: ["/nope"] }, "path_not_found"],
    [{ features: ["/nope/*"] }, "path_not_found"],
    [{ features: ["/nope", "/rows/9"] }, "path_not_found"],
    [{ features: ["/rows/*"], limits: { ...testLimits, rows: 1 } }, "too_many_rows"],
    [{ features: ["/rows/*/id", "/user/id"], limits: { ...testLimits, rows: 1 } }, "too_many_rows"],
  ])("do not read with %j: %s", (options, reason) => {
    const reader = createReader("generic", { limits: testLimits, ...options });
    expect(reader.readRequest(aBody(body))).toEqual({ kind: "unread", reason });
  });

  it.each<[string, readonly string[]]>([
    ["/user/id", ["u1"]],
    ["/rows/*/id", ["7", ""]],
    ["/nope", []],
    ["/rows/*/nope", []],
    ["/user", [""]],
    ["/vector/*", ["1", "2", "3"]],
  ])("name identities: %s", (id, ids) => {
    const reader = createReader("generic", { limits: testLimits, id });
    expect(valueOf(reader.readRequest(aBody(body))).ids).toEqual(ids);
    expect(valueOf(reader.readResponse(aBody(body))).ids).toEqual(ids);
  });

  it("keep all digits of an identity", () => {
    const reader = createReader("mlflow", { limits: testLimits, id: "/id" });
    expect(valueOf(reader.readRequest(aBody('{"id":9007199254740993,"inputs":[1]}'))).ids).toEqual([
      "9007199254740993",
    ]);
  });

  it("leave the model to the protocol", () => {
    const body = { model: "llama", model_name: "iris", inputs: [], vector: [1] };
    const request = createReader("openai", { limits: testLimits, features: ["/vector"] }).readRequest(aBody(body));
    expect(valueOf(request).model).toBe("llama");
    const outputs = [{ name: "y", shape: [1], datatype: "FP32", data: [1] }];
    const response = createReader("kserve-v2", { limits: testLimits, prediction: "/vector" });
    expect(valueOf(response.readResponse(aBody({ ...body, outputs }))).model).toBe("iris");
  });

  it("leave comma-separated values to the protocol", () => {
    expect(readRows("mlflow", "a\n1\n", { contentType: "text/csv", features: ["/user"] })).toEqual([{ a: 1 }]);
  });

  it("leave bodies that are not JSON to the protocol", () => {
    const reader = createReader("torchserve", { limits: testLimits, features: ["/user"] });
    const plain = createReader("torchserve", { limits: testLimits });
    const image = aBody(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), "image/png");
    expect(reader.readRequest(image)).toEqual(plain.readRequest(image));
  });

  it("do not let one long list stand for many rows", () => {
    const limits = { columns: 100_000, rows: 100_000, depth: 9 };
    const reader = createReader("generic", { limits, features: ["/rows/*", "/all"] });
    const numbers = Array.from({ length: 3000 }, (_, index) => index);
    const { features } = valueOf(reader.readRequest(aBody({ rows: numbers, all: numbers })));
    expect(features?.cells.length).toBeLessThanOrEqual(2 * numbers.length);
  });
});

describe("configured paths of a response", () => {
  const plain = (values: unknown, confidences: unknown = []): unknown => ({
    values,
    classes: [],
    probabilities: [],
    confidences,
  });
  const scored = { values: ["b"], classes: ["0", "1"], probabilities: [0.25, 0.75], confidences: [0.75] };

  it.each<[unknown, Partial<ReaderOptions>, unknown]>([
    [{ result: { label: "b" } }, { prediction: "/result/label" }, plain(["b"])],
    [{ results: [{ y: 1 }, { y: 2 }] }, { prediction: "/results/*/y" }, plain([1, 2])],
    [{ results: [{ y: 1 }, {}] }, { prediction: "/results/*/y" }, plain([1, null])],
    [{ y: [1, 2] }, { prediction: "/y" }, plain([1, 2])],
    [{ y: "b", p: 0.5 }, { prediction: "/y", score: "/p" }, plain(["b"], [0.5])],
    [{ y: "b", p: [0.25, 0.75] }, { prediction: "/y", score: "/p" }, scored],
    [{ y: ["b"], p: [[0.25, 0.75]] }, { prediction: "/y", score: "/p" }, scored],
    [{ y: ["a", "b"], p: [0.5, 1] }, { prediction: "/y", score: "/p" }, plain(["a", "b"], [0.5, 1])],
    [
      {
        rows: [
          { y: "a", p: 0.5 },
          { y: "b", p: 1 },
        ],
      },
      { prediction: "/rows/*/y", score: "/rows/*/p" },
      plain(["a", "b"], [0.5, 1]),
    ],
    [{ y: "b", p: 12 }, { prediction: "/y", score: "/p" }, plain(["b"])],
    [{ y: ["a", "b"], p: [0.5] }, { prediction: "/y", score: "/p" }, plain(["a", "b"])],
    [{ y: "b" }, { prediction: "/y", score: "/p" }, plain(["b"])],
    [{ predictions: ["b"], p: [0.5] }, { score: "/p" }, plain(["b"], [0.5])],
  ])("read %j with %j", (body, options, expected) => {
    expect(readAnswer("mlflow", body, options)).toEqual(expected);
  });

  it("read scores alone where nothing else is said", () => {
    expect(readAnswer("mlflow", { p: [[0.25, 0.75]] }, { score: "/p" })).toEqual({ ...scored, values: ["1"] });
  });

  it("replace what the protocol says, in every protocol", () => {
    const body = { predictions: [9], outputs: [], choices: [], label: "b" };
    for (const protocol of protocols) {
      expect(readAnswer(protocol, body, { prediction: "/label" }), protocol).toEqual(plain(["b"]));
    }
  });

  it.each<Partial<ReaderOptions>>([
    { prediction: "/nope" },
    { score: "/nope" },
    { prediction: "/nope", score: "/nope" },
  ])("do not read a body in which nothing is at %j", (options) => {
    const reader = createReader("mlflow", { limits: testLimits, ...options });
    expect(reader.readResponse(aBody({ other: [1] }))).toEqual({ kind: "unread", reason: "path_not_found" });
  });
});
