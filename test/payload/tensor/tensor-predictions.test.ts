import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKserveV2Reader } from "../../../src/protocols/kserve-v2/reader.ts";
import type { Predictions, ResponseContent } from "../../../src/payload/body-content.ts";
import { encodeV2, type TensorToWrite, v2Body } from "./tensor-encoder.ts";

const limits = { rows: 1000, columns: 10, depth: 32 };
const reader = createKserveV2Reader({ limits });

function read(bytes: Uint8Array | string): ResponseContent {
  const result = reader.readResponse(v2Body(bytes));
  if (result.kind === "unread") throw new Error(result.reason);
  return result.value;
}

function predictionsOf(...outputs: readonly TensorToWrite[]): unknown {
  return plain(read(encodeV2("outputs", outputs)).predictions);
}

function plain(predictions: Predictions | undefined): unknown {
  if (predictions === undefined) return undefined;
  const { values, probabilities, confidences } = predictions;
  return {
    ...predictions,
    values: Array.from(values),
    probabilities: Array.from(probabilities),
    confidences: Array.from(confidences),
  };
}

const nothingElse = { classes: [], probabilities: [], confidences: [] };

describe("responses from the servers' documents", () => {
  it("reads MLServer's answer of a scikit-learn model", () => {
    const answer = {
      model_name: "mnist-svm",
      model_version: "v0.1.0",
      id: "hjk-1",
      parameters: {},
      outputs: [{ name: "predict", shape: [1, 1], datatype: "INT64", parameters: { content_type: "np" }, data: [8] }],
    };
    const reading = read(JSON.stringify(answer));
    expect(reading).toMatchObject({ model: "mnist-svm", version: "v0.1.0", ids: [] });
    expect(plain(reading.predictions)).toEqual({ rowCount: 1, values: [8], ...nothingElse });
  });

  it("reads the answer of Triton's classification extension with labels", () => {
    const answer = {
      model_name: "densenet_onnx",
      model_version: "1",
      outputs: [
        {
          name: "fc6_1",
          datatype: "BYTES",
          shape: [1, 3],
          data: ["0.826453:504:COFFEE MUG", "0.107642:968:CUP", "0.045215:505:COFFEEPOT: LARGE"],
        },
      ],
    };
    expect(plain(read(JSON.stringify(answer)).predictions)).toEqual({
      rowCount: 1,
      values: ["COFFEE MUG"],
      classes: [],
      probabilities: [],
      confidences: [0.826_453],
    });
  });

  it("reads the answer of an ONNX classifier: a label and its probabilities, in raw bytes", () => {
    expect(
      predictionsOf(
        { name: "label", shape: [2], datatype: "INT64", data: [1, 0], isBinary: true },
        { name: "probabilities", shape: [2, 2], datatype: "FP32", data: [0.25, 0.75, 0.5, 0.5], isBinary: true },
      ),
    ).toEqual({
      rowCount: 2,
      values: [1, 0],
      classes: ["0", "1"],
      probabilities: [0.25, 0.75, 0.5, 0.5],
      confidences: [0.75, 0.5],
    });
  });
});

describe("predictions", () => {
  it("is one element a row", () => {
    const values = [1.5, -2];
    const expected = { rowCount: 2, values, ...nothingElse };
    expect(predictionsOf({ name: "output__0", shape: [2], datatype: "FP64", data: values })).toEqual(expected);
    expect(predictionsOf({ name: "o", shape: [2, 1], datatype: "FP64", data: values, isBinary: true })).toEqual(
      expected,
    );
    expect(predictionsOf({ name: "o", shape: [2, 1, 1], datatype: "BYTES", data: ["cat", "dog"] })).toEqual({
      ...expected,
      values: ["cat", "dog"],
    });
  });

  it.each([
    ["FP32", [0.1, 0.2, 0.7]],
    ["FP64", [1, 0, 0]],
    ["FP32", [0.333, 0.333, 0.3335]],
  ] as const)("is the best class of a distribution in %s", (datatype, data) => {
    const values: readonly number[] = datatype === "FP32" ? data.map(Math.fround) : data;
    expect(predictionsOf({ name: "o", shape: [1, 3], datatype, data })).toEqual({
      rowCount: 1,
      values: [String(values.indexOf(Math.max(...values)))],
      classes: ["0", "1", "2"],
      probabilities: values,
      confidences: [Math.max(...values)],
    });
  });

  it("allows the sum of probabilities of 16 bits to be rougher", () => {
    // 0.33203125 three times, and 0.498 twice.
    const third = { shape: [1, 3], data: [0x3eaa, 0x3eaa, 0x3eaa] };
    expect(predictionsOf({ name: "o", ...third, datatype: "BF16", isBinary: true })).toMatchObject({
      classes: ["0", "1", "2"],
    });
    const nearThird = { shape: [1, 3], data: [0.332_031_25, 0.332_031_25, 0.332_031_25] };
    expect(predictionsOf({ name: "o", ...nearThird, datatype: "FP32" })).toMatchObject({ classes: [] });
  });

  it.each([
    ["logits", "FP32", [2.5, -1, 0.5]],
    ["a sum below 1", "FP32", [0.3, 0.3, 0.3]],
    ["a number that is none", "FP64", [Number.NaN, 0.5, 0.5]],
    ["integers", "INT32", [1, 0, 0]],
  ] as const)("has no value for %s", (_, datatype, data) => {
    expect(predictionsOf({ name: "o", shape: [1, 3], datatype, data, isBinary: true })).toEqual({
      rowCount: 1,
      values: [null],
      ...nothingElse,
    });
  });

  it("takes no row for a distribution when another row is none", () => {
    const data = [0.5, 0.5, 0.5, 0.6];
    expect(predictionsOf({ name: "o", shape: [2, 2], datatype: "FP32", data })).toMatchObject({ values: [null, null] });
  });

  it("names classes as the output does", () => {
    const parameters = { labels: ["cat", "dog"] };
    const data = [0.25, 0.75];
    expect(predictionsOf({ name: "o", shape: [1, 2], datatype: "FP32", data, parameters })).toMatchObject({
      values: ["dog"],
      classes: ["cat", "dog"],
    });
    for (const labels of [["cat"], [1, 2], "cat", null]) {
      expect(predictionsOf({ name: "o", shape: [1, 2], datatype: "FP32", data, parameters: { labels } })).toMatchObject(
        { values: ["1"], classes: ["0", "1"] },
      );
    }
  });

  it("keeps the best class of more classes than are kept", () => {
    const data = Array.from({ length: 20 }, (_, index) => (index === 13 ? 0.81 : 0.01));
    expect(predictionsOf({ name: "o", shape: [1, 20], datatype: "FP64", data })).toEqual({
      rowCount: 1,
      values: ["13"],
      classes: [],
      probabilities: [],
      confidences: [0.81],
    });
  });

  it("finds the output that holds the prediction by name, whatever comes first", () => {
    const scores = { name: "Scores", shape: [1, 2], datatype: "FP32", data: [0.25, 0.75] } as const;
    const label = { name: "Class", shape: [1], datatype: "BYTES", data: ["dog"] } as const;
    const other = { name: "embedding", shape: [1, 3], datatype: "FP32", data: [3, 4, 5] } as const;
    // Which class "dog" is, nothing says: the largest probability it is.
    expect(predictionsOf(other, scores, label)).toMatchObject({ values: ["dog"], confidences: [0.75] });
    expect(predictionsOf(other, scores)).toMatchObject({ values: ["1"], confidences: [0.75] });
    expect(predictionsOf(other, label)).toMatchObject({ values: ["dog"], confidences: [] });
    expect(predictionsOf(other)).toMatchObject({ values: [null] });
    const topLabels = { ...label, name: "labels", shape: [1, 2], data: ["dog", "cat"] };
    expect(predictionsOf({ ...scores, name: "o" }, topLabels)).toMatchObject({ values: ["1"], confidences: [0.75] });
  });

  it("takes one score a row for the confidence in the label, if it can be one", () => {
    const label = { name: "label", shape: [2], datatype: "BYTES", data: ["a", "b"] } as const;
    const score = (data: readonly number[]): TensorToWrite => ({
      name: "score",
      shape: [data.length, 1],
      datatype: "FP32",
      data,
    });
    expect(predictionsOf(label, score([0.5, 1]))).toMatchObject({ values: ["a", "b"], confidences: [0.5, 1] });
    expect(predictionsOf(label, score([0.5, 1.5]))).toMatchObject({ values: ["a", "b"], confidences: [] });
    expect(predictionsOf(label, score([0.5]))).toMatchObject({
      values: ["a", "b"],
      confidences: [],
    });
  });

  it("gives the probability of the class that was predicted, not of the likeliest one", () => {
    expect(
      predictionsOf(
        { name: "label", shape: [1], datatype: "INT32", data: [0] },
        { name: "probabilities", shape: [1, 2], datatype: "FP32", data: [0.25, 0.75] },
      ),
    ).toMatchObject({ values: [0], confidences: [0.25] });
  });

  it("has none when outputs hold bytes or are elsewhere", () => {
    const shape = [1];
    expect(read(JSON.stringify({ model_name: "m", outputs: [{ name: "o", shape, datatype: "FP32" }] }))).toEqual({
      model: "m",
      version: "",
      ids: [],
    });
    const parameters = { content_type: "base64" };
    expect(predictionsOf({ name: "o", shape, datatype: "BYTES", data: ["QQ=="], parameters })).toBeUndefined();
  });

  it.each([
    ["bad_tensor", [3], [1, 2]],
    ["too_many_rows", [1001], Array.from({ length: 1001 }, () => 1)],
    ["unknown_shape", undefined, [1, 2]],
  ])("is unread as %s", (reason, shape, data) => {
    const output = { name: "o", shape, datatype: "FP32", data };
    expect(reader.readResponse(v2Body(JSON.stringify({ outputs: [output] })))).toEqual({ kind: "unread", reason });
  });
});

describe("the classification extension", () => {
  const ranked = (shape: readonly number[], data: readonly string[]): unknown =>
    predictionsOf({ name: "o", shape, datatype: "BYTES", data, isBinary: true });

  it("has probabilities when every row has every class, by index", () => {
    expect(
      ranked(
        [2, 3],
        ["0.700000:1:dog", "0.200000:0:cat", "0.100000:2", "0.500000:0:cat", "0.300000:1:dog", "0.200000:2"],
      ),
    ).toEqual({
      rowCount: 2,
      values: ["dog", "cat"],
      classes: ["cat", "dog", "2"],
      probabilities: [0.2, 0.7, 0.1, 0.5, 0.3, 0.2],
      confidences: [0.7, 0.5],
    });
  });

  it("is one row of several classes when the model has no batches", () => {
    expect(ranked([2], ["0.600000:1", "0.400000:0"])).toMatchObject({
      rowCount: 1,
      values: ["1"],
      classes: ["0", "1"],
    });
  });

  it.each([
    ["a class is missing", ["0.600000:2", "0.400000:0"], [0.6]],
    ["there is only one class", ["1.000000:0"], [1]],
    ["a class comes twice", ["0.600000:0", "0.400000:0"], [0.6]],
    ["scores sum up to less", ["0.600000:1", "0.100000:0"], [0.6]],
    ["scores are logits", ["7.250000:1", "0.400000:0"], []],
    ["scores are below zero", ["0.900000:1", "-3.400000:0"], []],
    ["a score is infinite", ["inf:1", "0.400000:0"], []],
  ])("has no probabilities when %s", (_, data, confidences) => {
    expect(ranked([1, data.length], data)).toMatchObject({ rowCount: 1, classes: [], probabilities: [], confidences });
  });

  it("has no probabilities when rows name a class in different ways", () => {
    const row = (label: string): readonly string[] => ["0.750000:1:dog", `0.250000:0:${label}`];
    expect(ranked([2, 2], [...row("cat"), ...row("cat")])).toMatchObject({ classes: ["cat", "dog"] });
    expect(ranked([2, 2], [...row("cat"), ...row("Cat")])).toMatchObject({ values: ["dog", "dog"], classes: [] });
  });

  it("has no probabilities of more classes than are kept", () => {
    const row = (count: number): readonly string[] =>
      Array.from({ length: count }, (_, index) => `${(1 / count).toFixed(6)}:${index}`);
    expect(ranked([1, 10], row(10))).toMatchObject({ classes: { length: 10 } });
    expect(ranked([1, 11], row(11))).toMatchObject({ values: ["0"], classes: [], confidences: [0.090_909] });
  });

  it("leaves text alone that only looks alike", () => {
    expect(ranked([2], ["12:30", "13:15"])).toEqual({ rowCount: 2, values: ["12:30", "13:15"], ...nothingElse });
    expect(ranked([2], ["1.5:2", "0.25:1"])).toEqual({ rowCount: 2, values: ["1.5:2", "0.25:1"], ...nothingElse });
    expect(ranked([2], ["0.500000:1", "dog"])).toMatchObject({ rowCount: 2, values: ["0.500000:1", "dog"] });
  });

  it("never throws for what a model could write", () => {
    const piece = fc.constantFrom(
      "0.500000",
      "1.000000",
      "-0.500000",
      "nan",
      "-nan",
      "inf",
      ":",
      "0",
      "1",
      "7",
      "a",
      "\n",
    );
    const text = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), (data) => {
        expect(ranked([1, data.length], data)).toBeDefined();
        expect(ranked([data.length], data)).toBeDefined();
      }),
    );
  });
});

describe("laws", () => {
  it("finds the largest of the probabilities of every row, in JSON and in bytes", () => {
    const row = fc
      .array(fc.integer({ min: 1, max: 1000 }), { minLength: 3, maxLength: 3 })
      .map((weights) => weights.map((weight) => weight / weights.reduce((a, b) => a + b)));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), fc.boolean(), (rows, isBinary) => {
        const output = { name: "o", shape: [rows.length, 3], datatype: "FP64", data: rows.flat(), isBinary } as const;
        expect(predictionsOf(output)).toEqual({
          rowCount: rows.length,
          values: rows.map((each) => String(each.indexOf(Math.max(...each)))),
          classes: ["0", "1", "2"],
          probabilities: rows.flat(),
          confidences: rows.map((each) => Math.max(...each)),
        });
      }),
    );
  });

  it("names the same classes by the same object", () => {
    const answer = encodeV2("outputs", [{ name: "o", shape: [1, 2], datatype: "FP32", data: [0.5, 0.5] }]);
    expect(read(answer).predictions?.classes).toBe(read(answer).predictions?.classes);
  });
});
