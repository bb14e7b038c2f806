import { describe, expect, it } from "vitest";
import { headTable } from "../../src/http1/head-table.ts";

describe("the table of changes to heads", () => {
  it("has a full row for each change, requests first", () => {
    for (const { field, action, why } of headTable) {
      expect(field).not.toBe("");
      expect(action).not.toBe("");
      expect(why).not.toBe("");
    }
    const directions = headTable.map(({ direction }) => direction);
    expect(directions).toEqual([...directions].sort());
    expect(new Set(directions).size).toBe(2);
  });

  it("names a field and direction with the same action once", () => {
    const keys = headTable.map(({ direction, field, action }) => `${direction} ${field} ${action}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("fits into a table of the documentation", () => {
    for (const row of headTable) expect(Object.values(row).join("")).not.toMatch(/[|\n]/);
  });
});
