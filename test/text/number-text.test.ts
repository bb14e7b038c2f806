import { describe, expect, it } from "vitest";

import { formatCounted, formatShare, formatValue } from "../../src/text/number-text.ts";
import { rowsText } from "../../src/cli/baseline/build-report.ts";

describe("numbers for people", () => {
  it.each([
    [0.123_456, "0.1235"],
    [-12.345_67, "-12.35"],
    [999.96, "1000"],
    [1234.5678, "1235"],
    [-98_765.4, "-98765"],
    [1.234_56e15, "1235000000000000"],
    [1.5e21, "1.5e+21"],
    [1.388_123e-14, "1.388e-14"],
    [0, "0"],
  ])("%d has four digits, or its whole part", (value, text) => {
    expect(formatValue(value)).toBe(text);
  });

  it("are in the singular where there is one", () => {
    expect([0, 1, 1234].map((count) => formatCounted(count, "row"))).toEqual(["0 rows", "1 row", "1,234 rows"]);
    expect(formatCounted(2, "index", "indices")).toBe("2 indices");
  });

  it("say that a small part is there", () => {
    expect([0, 0.0004, 0.0053, 1].map(formatShare)).toEqual(["0.0 %", "<0.1 %", "0.5 %", "100.0 %"]);
  });

  it("tell rows from their weight", () => {
    expect(rowsText({ rows: 1 })).toBe("1 row");
    expect(rowsText({ rows: 372_631.9, weightedRows: 569 })).toBe("569 rows, weight 372,631.9");
  });
});
