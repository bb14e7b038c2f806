import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { categoryOf } from "../../../src/payload/table/category.ts";
import { cellFromText } from "../../../src/payload/table/cell-text.ts";
import type { Cell } from "../../../src/payload/body-content.ts";

describe("cellFromText", () => {
  it.each<[string, Cell]>([
    ["0", 0],
    ["-0", -0],
    ["42", 42],
    ["-1.5", -1.5],
    [".5", 0.5],
    ["5.", 5],
    ["1e3", 1000],
    ["1E-3", 0.001],
    [" 7 ", 7],
    ["9007199254740991", 9_007_199_254_740_991],
    ["9007199254740993", 9_007_199_254_740_993n],
    ["-9007199254740993", -9_007_199_254_740_993n],
    ["9007199254740993.0", 9_007_199_254_740_992],
    ["1e308", 1e308],
    ["1e999", Infinity],
    ["02134", "02134"],
    ["-01", "-01"],
    ["+49", "+49"],
    ["0x10", "0x10"],
    ["1_000", "1_000"],
    ["1,5", "1,5"],
    ["1 2", "1 2"],
    ["-", "-"],
    [".", "."],
    ["e5", "e5"],
    [" ", " "],
    ["inf", Infinity],
    ["-Infinity", -Infinity],
    ["+inf", Infinity],
    ["True", true],
    ["FALSE", false],
    ["tRUE", "tRUE"],
    ["yes", "yes"],
  ])("reads %j", (text, cell) => {
    expect(cellFromText(text)).toBe(cell);
  });

  it.each([
    "",
    "NA",
    "N/A",
    "n/a",
    "NaN",
    "nan",
    "-nan",
    "None",
    "null",
    "NULL",
    "<NA>",
    "#N/A",
    "#N/A N/A",
    "1.#QNAN",
  ])("takes %j for missing", (text) => {
    expect(cellFromText(text)).toBeNull();
  });

  it("reads every number as it was written", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        const exact =
          Number.isInteger(value) && !Number.isSafeInteger(value)
            ? Number(cellFromText(String(value)))
            : cellFromText(String(value));
        expect(Object.is(exact, value) || value === 0).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 128n }), (value) => {
        expect(cellFromText(String(value))).toBe(value);
      }),
    );
  });

  it("is bounded for long texts", () => {
    expect(String(cellFromText("9".repeat(1_000_000))).length).toBeLessThanOrEqual(256);
    expect(String(cellFromText("x".repeat(1_000_000))).length).toBe(256);
    expect(cellFromText(`0.${"1".repeat(1_000_000)}`)).toBeCloseTo(0.111111, 5);
  });
});

describe("categoryOf", () => {
  it("gives the same value the same word, from a file as from a request", () => {
    for (const [text, cell] of [
      ["1.0", 1],
      ["1e0", 1],
      ["True", true],
      ["9007199254740993", 9_007_199_254_740_993n],
      ["02134", "02134"],
    ] as const) {
      expect(categoryOf(cellFromText(text) as string)).toBe(categoryOf(cell));
    }
    expect(categoryOf(-0)).toBe("0");
  });
});
