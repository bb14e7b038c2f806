import { describe, expect, it } from "vitest";
import { parseSampleRule } from "../../../src/prediction-log/sampler/sample-rule.ts";

describe("a rule of sampling", () => {
  it.each([
    ["client_error=0.1", "client_error", undefined, 0.1],
    ["ok/canary=0.5", "ok", "canary", 0.5],
    ["*/v=2=1", undefined, "v=2", 1],
    ["* = 0", undefined, undefined, 0],
    ["timeout/*=1", "timeout", undefined, 1],
  ])("%s is for outcome %s and variant %s", (text, outcome, variant, ratio) => {
    expect(parseSampleRule(text)).toEqual({ kind: "rule", rule: { outcome, variant, ratio } });
  });

  it.each([
    ["ok", /OUTCOME=RATIO/],
    ["ok=1.5", /not a number from 0 to 1/],
    ["ok=-1", /not a number from 0 to 1/],
    ["ok=", /not a number from 0 to 1/],
    ["fine=1", /"fine" is not an outcome: use ok, client_error/],
  ])("rejects %s", (text, problem) => {
    expect(parseSampleRule(text)).toMatchObject({ kind: "problem", problem: expect.stringMatching(problem) as string });
  });
});
