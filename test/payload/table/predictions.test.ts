import { describe, expect, it } from "vitest";

import type { Cell } from "../../../src/payload/body-content.ts";
import { readPredictions } from "../../../src/payload/table/predictions.ts";
import type { AnswerContext } from "../../../src/payload/table/row-answer.ts";
import { readAnswer, testLimits, valueOf } from "../../support/read-json-body.ts";

const read = (predictions: unknown): unknown => readAnswer("kserve-v1", { predictions });

interface Parts {
  readonly classes?: readonly string[];
  readonly probabilities?: readonly number[];
  readonly confidences?: readonly number[];
}

const answer = (values: readonly Cell[], parts: Parts = {}): unknown => ({
  values,
  classes: parts.classes ?? [],
  probabilities: parts.probabilities ?? [],
  confidences: parts.confidences ?? [],
});

const two = ["0", "1"];

describe("readPredictions", () => {
  it.each<[string, unknown, unknown]>([
    ["numbers", [1, 2.5, -3], answer([1, 2.5, -3])],
    ["labels", ["cat", "dog"], answer(["cat", "dog"])],
    ["booleans and gaps", [true, null, false], answer([true, null, false])],
    ["nothing", [], answer([])],
    ["one number", 42, answer([42])],
    ["one label", "cat", answer(["cat"])],
    ["single-element lists", [[3.5], [4]], answer([3.5, 4])],
    ["single elements in several lists", [[[3.5]], [[["a"]]]], answer([3.5, "a"])],
    [
      "probabilities",
      [
        [0.25, 0.75],
        [0.5, 0.5],
      ],
      answer(["1", "0"], { classes: two, probabilities: [0.25, 0.75, 0.5, 0.5], confidences: [0.75, 0.5] }),
    ],
    [
      "probabilities that rounding moved",
      [[0.3334, 0.3333, 0.3334]],
      answer(["0"], { classes: ["0", "1", "2"], probabilities: [0.3334, 0.3333, 0.3334], confidences: [0.3334] }),
    ],
    [
      "numbers of which one row happens to sum up to 1",
      [
        [0.25, 0.75],
        [3, 4],
      ],
      answer([null, null]),
    ],
    ["logits", [[2.5, -1]], answer([null])],
    ["numbers that sum up to 1 and are no probabilities", [[-0.5, 1.5]], answer([null])],
    [
      "rows of differing width",
      [
        [0.25, 0.75],
        [0.25, 0.25, 0.5],
      ],
      answer(["1", "2"], { confidences: [0.75, 0.5] }),
    ],
    [
      "dictionaries of probabilities",
      [
        { cat: 0.25, dog: 0.75 },
        { dog: 0, cat: 1 },
      ],
      answer(["dog", "cat"], { classes: ["cat", "dog"], probabilities: [0.25, 0.75, 1, 0], confidences: [0.75, 1] }),
    ],
    ["dictionaries that do not sum up to 1", [{ a: 0.5, b: 0.75 }], answer([null])],
    ["a label and its score", [{ label: "cat", score: 0.875 }], answer(["cat"], { confidences: [0.875] })],
    ["a class and its confidence", [{ class: 3, confidence: 0.5 }], answer([3], { confidences: [0.5] })],
    ["a prediction and its probability", [{ prediction: 0, probability: [0.5] }], answer([0], { confidences: [0.5] })],
    ["a score that is no probability", [{ label: "cat", score: 12 }], answer(["cat"])],
    ["a prediction only", [{ prediction: 1, model: "x" }, { prediction: 2 }], answer([1, 2])],
    ["records of one column", [{ "0": 4.5 }, { "0": 5 }], answer([4.5, 5])],
    ["records of several columns", [{ a: 1, b: 2 }], answer([null])],
    [
      "a prediction and all probabilities",
      [{ prediction: "a", probabilities: { a: 0.75, b: 0.25 } }],
      answer(["a"], { classes: ["a", "b"], probabilities: [0.75, 0.25], confidences: [0.75] }),
    ],
    [
      "classes and scores side by side",
      [{ classes: ["b", "a"], scores: [0.25, 0.75] }],
      answer(["a"], { classes: ["a", "b"], probabilities: [0.75, 0.25], confidences: [0.75] }),
    ],
    [
      "pairs of label and score",
      [
        [
          ["b", 0.25],
          ["a", 0.75],
        ],
      ],
      answer(["a"], { classes: ["a", "b"], probabilities: [0.75, 0.25], confidences: [0.75] }),
    ],
    [
      "ranked dictionaries",
      [
        [
          { label: "b", score: 0.75 },
          { label: "a", score: 0.25 },
        ],
        [
          { label: "a", score: 1 },
          { label: "b", score: 0 },
        ],
      ],
      answer(["b", "a"], { classes: ["a", "b"], probabilities: [0.25, 0.75, 1, 0], confidences: [0.75, 1] }),
    ],
    [
      "the best few of many labels",
      [
        [
          ["a", 0.5],
          ["b", 0.25],
        ],
      ],
      answer(["a"], { confidences: [0.5] }),
    ],
    [
      "labels that do not tell classes apart",
      [
        [
          ["", 0.25],
          ["", 0.75],
        ],
      ],
      answer([""], { classes: two, probabilities: [0.25, 0.75], confidences: [0.75] }),
    ],
    ["columns", { label: ["a", "b"], score: [0.5, 1] }, answer(["a", "b"], { confidences: [0.5, 1] })],
    ["one column", { y: [1, 2] }, answer([1, 2])],
    ["a confidence that some rows lack", [{ label: "a", score: 1 }, { label: "b" }], answer(["a", "b"])],
    [
      "text and numbers",
      [
        ["a", "b"],
        [1, "x"],
      ],
      answer([null, null]),
    ],
  ])("reads %s", (_, predictions, expected) => {
    expect(read(predictions)).toEqual(expected);
  });

  it("keeps large integers exact wherever they stand", () => {
    const label = '"label":9007199254740993,"score":1';
    expect(readAnswer("kserve-v1", `{"predictions":[{${label}}]}`)).toEqual(
      answer([9007199254740993n], { confidences: [1] }),
    );
    expect(readAnswer("kserve-v1", '{"predictions":[[9007199254740993]]}')).toEqual(answer([9007199254740993n]));
  });

  it("takes the best few scores of a dictionary only where the protocol says so", () => {
    const context: AnswerContext = { pass: { hasUnsafeInteger: false }, limits: testLimits };
    const best = { tabby: 0.5, tiger: 0.25 };
    expect(valueOf(readPredictions(best, context)).values).toEqual([null]);
    const partial = valueOf(readPredictions(best, { ...context, allowsPartialScores: true }));
    expect(partial).toEqual({ rowCount: 1, ...(answer(["tabby"], { confidences: [0.5] }) as object) });
  });

  it("keeps the prediction when there are more classes than columns may be", () => {
    const limits = { ...testLimits, columns: 3 };
    const context: AnswerContext = { pass: { hasUnsafeInteger: false }, limits };
    const { values, classes, confidences } = valueOf(readPredictions([[0.25, 0.25, 0.25, 0.25]], context));
    expect({ values, classes, confidences }).toEqual({ values: ["0"], classes: [], confidences: [0.25] });
  });

  it("cuts long labels", () => {
    expect(read([{ label: "x".repeat(1000), score: 1 }])).toEqual(answer(["x".repeat(256)], { confidences: [1] }));
  });
});
