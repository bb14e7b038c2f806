import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTorchserveReader } from "../../../src/protocols/torchserve/reader.ts";
import type { DecodedBody, FeatureTable } from "../../../src/payload/body-content.ts";
import { latin1 } from "../../support/latin1.ts";
import { encodeV2 } from "../../payload/tensor/tensor-encoder.ts";

const limits = { rows: 100, columns: 20, depth: 16 };
const reader = createTorchserveReader({ limits });

function bodyOf(bytes: string | Uint8Array, contentType = "application/json", target = "/predictions/m"): DecodedBody {
  return { bytes: typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes, contentType, target };
}

/** The rows of a request as dictionaries, or why there are none. */
function rows(bytes: string | Uint8Array, contentType?: string, target?: string): unknown {
  const result = reader.readRequest(bodyOf(bytes, contentType, target));
  if (result.kind === "unread") return result.reason;
  return result.value.features === undefined ? undefined : dictionaries(result.value.features);
}

function dictionaries({ columns, rowCount, cells }: FeatureTable): unknown {
  const width = columns.names.length;
  expect(cells.length).toBe(rowCount * width);
  return Array.from({ length: rowCount }, (_, row) =>
    Object.fromEntries(columns.names.map((name, index) => [name, cells[row * width + index]])),
  );
}

/** Values, classes and confidences of a response, or why there are none. */
function answer(bytes: string | Uint8Array, contentType?: string, target?: string): unknown {
  const result = reader.readResponse(bodyOf(bytes, contentType, target));
  if (result.kind === "unread") return result.reason;
  const { predictions } = result.value;
  if (predictions === undefined) return undefined;
  const { rowCount, values, classes, confidences } = predictions;
  return { rowCount, values: Array.from(values), classes, confidences: Array.from(confidences) };
}

const nothingElse = { classes: [], confidences: [] };

describe("requests", () => {
  it.each([
    ["a list of numbers", "[1, 2.5]", [{ 0: 1 }, { 0: 2.5 }]],
    [
      "a list of rows",
      "[[1, 2], [3, 4]]",
      [
        { 0: 1, 1: 2 },
        { 0: 3, 1: 4 },
      ],
    ],
    ["a dictionary", '{"age": 3, "city": "Bern"}', [{ age: 3, city: "Bern" }]],
    ["`data`", '{"data": [[1, 2]]}', [{ 0: 1, 1: 2 }]],
    ["`data` with a dictionary", '{"data": {"a": 1, "b": 2}}', [{ a: 1, b: 2 }]],
    ["`data` with text", '{"data": "Bloomberg has decided"}', [{ data: "Bloomberg has decided" }]],
    ["`data` as one feature of several", '{"data": 5, "b": 6}', [{ data: 5, b: 6 }]],
    ["`instances`", '{"instances": [{"a": 1}, {"a": 2}]}', [{ a: 1 }, { a: 2 }]],
    ["a bare number", "5", [{ 0: 5 }]],
    ["NaN", '{"a": NaN}', [{ a: Number.NaN }]],
    ["2^63", '{"id": 9223372036854775807}', [{ id: 9_223_372_036_854_775_807n }]],
  ])("reads %s", (_, text, expected) => {
    expect(rows(text)).toEqual(expected);
    // curl says this of everything that it sends with -d.
    expect(rows(text, "application/x-www-form-urlencoded")).toEqual(expected);
    expect(rows(text, "")).toEqual(expected);
  });

  it.each([
    ["/v1/models/m:predict", '{"instances":[[1,2]]}', [{ 0: 1, 1: 2 }]],
    [
      "/v2/models/m/infer",
      '{"id":"1","inputs":[{"name":"input-0","shape":[1,2],"datatype":"FP32","data":[[1,2]]}]}',
      [{ "input-0[0]": 1, "input-0[1]": 2 }],
    ],
  ])("reads requests to %s", (target, text, expected) => {
    expect(rows(text, "application/json", target)).toEqual(expected);
  });

  it("reads raw tensors on a path of KServe v2", () => {
    const encoded = encodeV2("inputs", [{ name: "x", shape: [1], datatype: "FP32", data: [0.5], isBinary: true }]);
    expect(rows(encoded, "application/octet-stream", "/v2/models/m/infer")).toEqual([{ x: 0.5 }]);
  });

  it("knows length and media type of an image", () => {
    const png = latin1("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x1c\0\0\0\x20\x08\0\0\0\0");
    const expected = [{ "body.bytes": 29, "body.type": "image/png" }];
    expect(rows(png, "image/png")).toEqual(expected);
    // curl -T names no media type.
    expect(rows(png, "")).toEqual(expected);
    expect(rows(latin1("RIFF\x04\0\0\0WEBPVP8 "), "application/octet-stream")).toEqual([
      { "body.bytes": 16, "body.type": "image/webp" },
    ]);
  });

  it("knows length and media type of everything else", () => {
    expect(rows("It was a good film.", "Text/Plain; charset=utf-8")).toEqual([
      { "body.bytes": 19, "body.type": "text/plain" },
    ]);
    expect(rows(latin1("\x80\x02}q"), "")).toEqual([{ "body.bytes": 4, "body.type": "application/octet-stream" }]);
    expect(rows("5 stars", "")).toEqual([{ "body.bytes": 7, "body.type": "application/octet-stream" }]);
    expect(rows("x", `a/${"b".repeat(100_000)}`)).toMatchObject([{ "body.type": `a/${"b".repeat(254)}` }]);
  });

  it.each([
    ["empty", "", "application/json"],
    ["empty", "  ", ""],
    ["not_json", '{"a":', "application/json"],
    ["not_json", "{a: 1}", "application/x+json; charset=utf-8"],
    ["too_deep", "[".repeat(40) + "]".repeat(40), ""],
    ["too_many_rows", JSON.stringify(Array.from({ length: 101 }, () => 1)), ""],
    ["unsupported_content_type", "a,b\n1,2", "text/csv"],
    ["bad_multipart", "--b\r\n\r\n", "multipart/form-data; boundary=b"],
    ["bad_multipart", "--b\r\n\r\nx\r\n--b--", `multipart/form-data; boundary=${"b".repeat(100_000)}`],
    ["unknown_shape", "{}", "application/octet-stream", "/v2/models/m/infer"],
  ])("is unread as %s: %#", (reason, text, contentType, target?: string) => {
    expect(rows(text, contentType, target)).toBe(reason);
  });
});

describe("forms", () => {
  const form = (...parts: readonly string[]): unknown =>
    rows(
      latin1(`${parts.map((each) => `--b\r\nContent-Disposition: form-data; ${each}\r\n`).join("")}--b--\r\n`),
      "multipart/form-data; boundary=b",
    );

  it("knows length and media type of files", () => {
    expect(
      form(
        'name="data"; filename="kitten.jpg"\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8\xff\xe0',
        'name="mask"; filename="x"\r\n\r\nGIF89a\0\0\0\0',
        'name="other"; filename="x"\r\nContent-Type: Application/Zip; a=b\r\n\r\n5',
      ),
    ).toEqual([
      {
        "data.bytes": 4,
        "data.type": "image/jpeg",
        "mask.bytes": 10,
        "mask.type": "image/gif",
        "other.bytes": 1,
        "other.type": "application/zip",
      },
    ]);
  });

  it("takes numbers, JSON and text for features", () => {
    expect(
      form(
        'name="age"\r\n\r\n41.5',
        'name="city"\r\n\r\nBern, 007',
        'name="code"\r\n\r\n02134',
        'name="member"\r\n\r\nTrue',
        'name="limit"\r\n\r\n-inf',
        'name="none"\r\n\r\n',
        'name="flags"\r\n\r\n[true, null]',
        'name="more"; filename="x.json"\r\nContent-Type: application/json\r\n\r\n{"a": {"b": "c"}}',
        'name="id"\r\nContent-Type: text/plain\r\n\r\n9007199254740993',
      ),
    ).toEqual([
      {
        age: 41.5,
        city: "Bern, 007",
        code: "02134",
        member: true,
        limit: Number.NEGATIVE_INFINITY,
        none: null,
        "flags[0]": true,
        "flags[1]": null,
        "more.a.b": "c",
        id: 9_007_199_254_740_993n,
      },
    ]);
  });

  it("reads the only part of a form like a body when it is JSON", () => {
    const expected = [
      { 0: 1, 1: 2 },
      { 0: 3, 1: 4 },
    ];
    expect(form('name="data"; filename="x"\r\nContent-Type: application/json\r\n\r\n[[1,2],[3,4]]')).toEqual(expected);
    expect(form('name="data"\r\n\r\n[[1,2],[3,4]]')).toEqual(expected);
    expect(form('name="data"\r\n\r\n \n[[1,2],[3,4]]\n')).toEqual(expected);
    const octets = 'filename="x.json"\r\nContent-Type: application/octet-stream\r\n\r\n';
    expect(form(`name="data"; ${octets}[[1,2],[3,4]]`)).toEqual(expected);
    expect(form(`name="a"; ${octets}[5`, `name="b"; ${octets}5`)).toEqual([
      { "a.bytes": 2, "a.type": "application/octet-stream", "b.bytes": 1, "b.type": "application/octet-stream" },
    ]);
    expect(form('name="a"\r\n\r\n[1,2]', 'name="b"\r\n\r\n5')).toEqual([{ "a[0]": 1, "a[1]": 2, b: 5 }]);
    expect(form('name="data"\r\n\r\n5')).toEqual([{ data: 5 }]);
    expect(form('name="data"\r\n\r\n[5')).toEqual([{ data: "[5" }]);
  });

  it("numbers parts that share a name, and names those that have none", () => {
    expect(form('name="a"\r\n\r\n1', 'name="a"\r\n\r\n2', 'x="a"\r\n\r\n3')).toEqual([{ a: 1, "a#2": 2, part2: 3 }]);
  });

  it("lets no part write members of its own", () => {
    expect(form('name="a"\r\n\r\n1, "b": 2', 'name="c\\": 5, \\"d"\r\n\r\n"x"')).toEqual([
      { a: '1, "b": 2', 'c": 5, "d': "x" },
    ]);
    const bare = reader.readRequest(
      bodyOf(
        "--b\r\nContent-Disposition: form-data; name=__proto__\r\n\r\n7\r\n--b--",
        "multipart/form-data; boundary=b",
      ),
    );
    expect(bare).toMatchObject({ value: { features: { columns: { names: ["__proto__"] }, cells: [7] } } });
  });

  it("counts what is more than is kept, and refuses what is nested too deep", () => {
    const many = Array.from({ length: 25 }, (_, index) => `name="p${index}"\r\n\r\n${index}`);
    const body = `${many.map((each) => `--b\r\nContent-Disposition: form-data; ${each}\r\n`).join("")}--b--`;
    expect(reader.readRequest(bodyOf(body, "multipart/form-data; boundary=b"))).toMatchObject({
      value: { droppedColumns: 5, features: { columns: { names: { length: 20 } } } },
    });
    expect(form(`name="a"\r\n\r\n${"[".repeat(40)}${"]".repeat(40)}`)).toBe("too_deep");
  });
});

describe("responses", () => {
  it.each([
    [
      "a class and its probability",
      '{"class": "n02123045 tabby, tabby cat", "probability": 0.425}',
      ["n02123045 tabby, tabby cat"],
      [0.425],
    ],
    ["the best few classes", '{"tiger_cat": 0.46, "tabby": 0.42, "lynx": 0.02}', ["tiger_cat"], [0.46]],
    [
      "the best few classes of several rows",
      '[{"cat": 0.7, "dog": 0.2}, {"dog": 0.6, "cat": 0.1}]',
      ["cat", "dog"],
      [0.7, 0.6],
    ],
    ["labels", '["cat", "dog"]', ["cat", "dog"], []],
    ["a label", '"cat"', ["cat"], []],
    ["a number", "7", [7], []],
    ["numbers", "[3.5, 4]", [3.5, 4], []],
    ["KServe v1", '{"predictions": [2]}', [2], []],
    ["KServe v1 with two numbers whose sum is 1", '{"predictions": [0.5, 0.5]}', [0.5, 0.5], []],
  ])("reads %s", (_, text, values, confidences) => {
    expect(answer(text, "")).toEqual({ rowCount: values.length, values, classes: [], confidences });
  });

  it("reads all classes with their probabilities", () => {
    const expected = { rowCount: 1, values: ["1"], classes: ["0", "1"], confidences: [0.75] };
    expect(answer("[[0.25, 0.75]]")).toEqual(expected);
    expect(answer("[0.25, 0.75]")).toEqual(expected);
    expect(answer('{"b": 0.25, "a": 0.75}')).toEqual({ ...expected, values: ["a"], classes: ["a", "b"] });
  });

  it("reads KServe v2", () => {
    const text = '{"model_name":"m","outputs":[{"name":"predict","shape":[1],"datatype":"INT64","data":[2]}]}';
    expect(answer(text, "application/json", "/v2/models/m/infer")).toEqual({
      rowCount: 1,
      values: [2],
      ...nothingElse,
    });
  });

  it("reads plain text when it is short enough for a label", () => {
    const expected = { rowCount: 1, values: ["tabby cat"], ...nothingElse };
    expect(answer("tabby cat\n", "text/plain")).toEqual(expected);
    expect(answer("tabby cat", "")).toEqual(expected);
    expect(answer("é".repeat(100), "")).toMatchObject({ values: ["é".repeat(100)] });
    expect(answer("true story", "")).toMatchObject({ values: ["true story"] });
  });

  it.each([
    ["long text", "x".repeat(101)],
    ["text of several lines", "two\nlines"],
    ["an image", latin1("\x89PNG\r\n\x1a\n")],
    ["a pickle", latin1("\x80\x04\x95")],
  ])("finds no prediction in %s", (_, bytes) => {
    expect(answer(bytes, "")).toBeUndefined();
  });

  it.each([
    ["empty", "", ""],
    ["not_json", "oops", "application/json"],
    ["not_json", '{"a"', "application/json"],
    ["unsupported_content_type", "data: {}\n\n", "text/event-stream; charset=utf-8"],
    ["too_deep", "[".repeat(40) + "]".repeat(40), ""],
    ["too_many_rows", JSON.stringify(Array.from({ length: 101 }, () => 1)), ""],
  ])("is unread as %s: %#", (reason, text, contentType) => {
    expect(answer(text, contentType)).toBe(reason);
  });

  it("has an answer for every body", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.json().map((text) => new TextEncoder().encode(text)),
    );
    const contentType = fc.constantFrom("", "application/json", "multipart/form-data; boundary=b", "text/plain");
    const target = fc.constantFrom("/predictions/m", "/v2/models/m/infer", "", "*", "%");
    fc.assert(
      fc.property(bytes, contentType, target, (bytes, contentType, target) => {
        expect(["read", "unread"]).toContain(reader.readRequest({ bytes, contentType, target }).kind);
        expect(["read", "unread"]).toContain(reader.readResponse({ bytes, contentType, target }).kind);
      }),
      { numRuns: 500 },
    );
  });
});
