import { describe, expect, it } from "vitest";
import type { Cell } from "../../src/payload/body-content.ts";
import { answerValue, classOf, isMeasure, maxClassLength } from "../../src/accuracy/answer-value.ts";

describe("what a prediction or a label says", () => {
  it.each<[string, readonly Cell[], string]>([
    ["a number", [1, 1.0, "1", "1.0", " 1", -0 + 1], "1"],
    ["zero", [0, -0, "0", "-0", "0.0"], "0"],
    ["a truth", [true, "true", "True", "TRUE"], "true"],
    ["a word", ["cat"], "cat"],
    ["a postal code", ["02134"], "02134"],
    ["a word that pandas takes for missing", ["None"], "None"],
    ["an integer past 2^53", [9_007_199_254_740_993n, "9007199254740993"], "9007199254740993"],
    ["a fraction", [0.5, "0.5", "5e-1"], "0.5"],
  ])("is the same for all spellings of %s", (_, cells, name) => {
    for (const cell of cells) {
      const value = answerValue(cell);
      expect(value === undefined ? value : classOf(value), String(cell)).toBe(name);
    }
  });

  it.each<[Cell]>([[null], [undefined], [""], [Number.NaN], [Infinity], ["inf"], ["x".repeat(maxClassLength + 1)]])(
    "is nothing for %s",
    (cell) => {
      expect(answerValue(cell)).toBeUndefined();
    },
  );

  it("is a class as long as it has no fraction", () => {
    expect([1, "cat", "1e3"].map((cell) => isMeasure(answerValue(cell) ?? ""))).toEqual([false, false, false]);
    expect(isMeasure(1.5)).toBe(true);
  });
});
