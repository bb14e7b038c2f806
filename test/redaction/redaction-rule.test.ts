import { describe, expect, it } from "vitest";
import { compilePointer } from "../../src/payload/json/json-pointer.ts";
import { parseRedactionRule } from "../../src/redaction/redaction-rule.ts";

describe("parseRedactionRule", () => {
  it.each([
    ["feature:ssn", { kind: "feature", name: "ssn" }],
    ["feature: a:b ", { kind: "feature", name: " a:b " }],
    ["header:X-User", { kind: "header", name: "x-user" }],
    ["pointer:/a/*/b", { kind: "pointer", pointer: compilePointer("/a/*/b") }],
  ])("reads %j", (text, rule) => {
    expect(parseRedactionRule(text)).toEqual({ kind: "rule", rule });
  });

  it.each([
    ["ssn", "it must begin with feature:, pointer: or header:, e.g. feature:ssn"],
    ["", "it must begin with feature:, pointer: or header:, e.g. feature:ssn"],
    ["Feature:ssn", "it must begin with feature:, pointer: or header:, e.g. feature:ssn"],
    ["feature:", "a value is missing after feature:"],
    ["header:a b", '"a b" is not a header name'],
    ["pointer:a", "path a does not begin with /"],
  ])("says what is wrong with %j", (text, problem) => {
    expect(parseRedactionRule(text)).toEqual({ kind: "problem", problem });
  });
});
