import { describe, expect, it } from "vitest";
import { allCases } from "./support/all-cases.ts";
import { rules } from "./support/rules.ts";

describe("conformance rules", () => {
  it("have at least one case each", () => {
    const covered = new Set<string>(allCases.map((row) => row.rule));
    expect(Object.keys(rules).filter((id) => !covered.has(id))).toEqual([]);
  });

  it("are several hundred cases, each with a name of its own", () => {
    const names = allCases.map((row) => `${row.rule}: ${row.name}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names.length).toBeGreaterThan(500);
  });
});
