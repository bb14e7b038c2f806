import { describe, expect, it } from "vitest";

import { readLabelledRows } from "../../demo/labelled-rows.ts";
import { changeUnit, unitChange } from "../../demo/unit-change.ts";

const rows = readLabelledRows();

describe("a changed unit", () => {
  it("multiplies one feature of every row and leaves all else as it was", () => {
    const changed = changeUnit(rows, unitChange);
    const place = rows.features.indexOf(unitChange.feature);
    expect(changed.features).toEqual(rows.features);
    expect(changed.labels).toEqual(rows.labels);
    changed.rows.forEach((row, index) => {
      const before = rows.rows[index]!;
      expect(row).toEqual(before.map((value, column) => (column === place ? value * unitChange.factor : value)));
    });
  });

  it("is refused for a feature that the rows do not have", () => {
    expect(() => changeUnit(rows, { ...unitChange, feature: "height" })).toThrow("there is no feature height");
  });
});
