import { describe, expect, it } from "vitest";
import { Field, identifyField } from "../../src/http1/field.ts";
import {
  type HeadRule,
  protectedFields,
  removedFields,
  requestRules,
  responseRules,
  ruledFields,
} from "../../src/http1/head-table.ts";
import { bytesOf } from "./support/cuts.ts";

const fieldOf = (name: string): number => {
  const bytes = bytesOf(name.replace("*", "any"));
  return identifyField(bytes, 0, bytes.length);
};

describe.each([
  ["requests", requestRules],
  ["responses", responseRules],
] as const)("the table of changes to heads of %s", (_, rules) => {
  it("is about the fields that its text names", () => {
    const own = (rule: HeadRule): boolean => rule.fields.length > 0;
    for (const { name, fields } of rules.filter(own)) {
      expect(name.replace(" and every header it names", "").split(", ").map(fieldOf)).toEqual(fields);
    }
  });

  it("has one rule for each field", () => {
    const fields = rules.flatMap((rule) => rule.fields);
    expect(new Set(fields).size).toBe(fields.length);
    expect(fields).not.toContain(Field.other);
  });

  it("lets through what no rule is about, and protects nothing that it removes", () => {
    const [removed, kept] = [removedFields(rules), protectedFields(rules)];
    for (const field of Object.values(Field)) {
      const isRuled = (ruledFields(rules) & (1 << field)) !== 0;
      expect(isRuled || (removed[field] === 0 && kept[field] === 0)).toBe(true);
      expect(removed[field]! + kept[field]!).toBeLessThan(2);
    }
  });

  it("fits into a table of the documentation", () => {
    for (const { name, action, why } of rules) {
      for (const text of [name, action, why]) expect(text).toMatch(/^[^|\n]+$/);
    }
  });
});
