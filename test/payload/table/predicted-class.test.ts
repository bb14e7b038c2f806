import { describe, expect, it } from "vitest";

import { predictedClass } from "../../../src/payload/table/predicted-class.ts";
import type { Predictions } from "../../../src/payload/body-content.ts";

const predictions = (
  values: Predictions["values"],
  classes: readonly string[],
  probabilities: readonly number[],
): Predictions => ({
  rowCount: values.length,
  values,
  classes,
  probabilities,
  confidences: [],
});

describe("predictedClass", () => {
  it("is the value that the model named", () => {
    expect(predictedClass(predictions([0, false], ["a", "b"], [0, 1, 0, 1]), 0)).toBe(0);
    expect(predictedClass(predictions([0, false], ["a", "b"], [0, 1, 0, 1]), 1)).toBe(false);
  });

  it("is the most probable class where it named none, the first of equal ones", () => {
    const answer = predictions([null, null, null], ["a", "b"], [0.2, 0.8, 0.5, 0.5, Number.NaN, 0]);
    expect([0, 1, 2].map((row) => predictedClass(answer, row))).toEqual(["b", "a", "b"]);
  });

  it("is null when there is nothing to choose from", () => {
    expect(predictedClass(predictions([null], [], []), 0)).toBeNull();
    expect(predictedClass(predictions([null], ["a"], []), 0)).toBeNull();
  });
});
