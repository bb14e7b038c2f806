import { describe, expect, it } from "vitest";
import type { Protocol } from "../../src/protocols/list.ts";
import { createReader } from "../support/create-reader.ts";
import { aBody, readAnswer, testLimits, valueOf } from "../support/read-json-body.ts";

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
