import { describe, expect, it } from "vitest";
import { familiesFrom } from "../../src/assembly/sample-families.ts";

describe("samples by family", () => {
  it("stand together under their metric, in the order in which they came", () => {
    const samples = [
      { name: "outrider_drift_ready", labels: { model: "a" }, value: 1 },
      { name: "outrider_fleet_leader", labels: {}, value: 0 },
      { name: "outrider_drift_ready", labels: { model: "b" }, value: 0 },
    ];
    expect(familiesFrom(samples)).toEqual({
      outrider_drift_ready: [
        { labels: { model: "a" }, value: 1 },
        { labels: { model: "b" }, value: 0 },
      ],
      outrider_fleet_leader: [{ labels: {}, value: 0 }],
    });
  });

  it.each(["outrider_drift_redy", "toString", "__proto__"])("refuses %s, which the catalogue does not have", (name) => {
    expect(() => familiesFrom([{ name, labels: {}, value: 1 }])).toThrow(`${name} is not in the catalogue`);
  });
});
