import { describe, expect, it } from "vitest";
import type { Baseline, BaselineQuality, Distribution } from "../../src/drift/baseline/baseline.ts";
import type { Predictions } from "../../src/payload/body-content.ts";
import { Scoring } from "../../src/accuracy/scoring.ts";
import { chances, values } from "./a-label-monitor.ts";

const prediction = (...names: readonly string[]): Distribution => ({
  name: "prediction",
  kind: "categorical",
  values: names,
  counts: names.map(() => 50),
  other: 0,
  rareValues: [],
  isRareComplete: true,
  missing: 0,
  distinct: names.length,
});

const numeric: Distribution = {
  name: "prediction",
  kind: "numeric",
  edges: [0, 1],
  counts: [5],
  missing: 0,
  invalid: 0,
  mean: 0.5,
  standardDeviation: 0.1,
  quartiles: [0.4, 0.5, 0.6],
};

const ofPositive = (positive: string): BaselineQuality => ({
  accuracy: 0.9,
  rows: 100,
  calibration: { of: "positive_probability", positive, x: [0, 1], y: [0, 1] },
});

const named = (classes: readonly string[], probabilities: readonly number[]): Predictions => ({
  ...values(null),
  classes,
  probabilities,
});

describe("what one prediction says", () => {
  it.each<[string, Pick<Baseline, "prediction" | "quality">, string]>([
    ["an accuracy", { quality: { accuracy: 1, rows: 1 }, prediction: numeric }, "classes"],
    ["an error", { quality: { meanAbsoluteError: 1, rows: 1 }, prediction: prediction("a") }, "numbers"],
    ["words", { prediction: prediction("a") }, "classes"],
    ["numbers", { prediction: numeric }, "numbers"],
    ["nothing", {}, "unknown"],
  ])("is a class or a number as a baseline with %s says", (_, baseline, kind) => {
    expect(new Scoring(baseline).kind).toBe(kind);
  });

  it("names the most likely class when the answer names none", () => {
    expect(new Scoring().read(named(["a", "b", "c"], [0.2, 0.5, 0.3]), 0)).toEqual({
      value: "b",
      score: { kind: "confidence", probability: 0.5 },
    });
  });

  it("takes the same positive class whatever order an answer has", () => {
    const scoring = new Scoring();
    for (const answer of [named(["no", "yes"], [0.2, 0.8]), named(["yes", "no"], [0.8, 0.2])]) {
      expect(scoring.read(answer, 0).score).toEqual({ kind: "positive", probability: 0.8, positive: "yes" });
    }
    expect(scoring.read(named(["1", "0"], [0.8, 0.2]), 0).score).toMatchObject({ positive: "1", probability: 0.8 });
  });

  it("takes the baseline's positive class where the answer has it", () => {
    const scoring = new Scoring({ quality: ofPositive("no") });
    expect(scoring.read(chances(0.8), 0).score).toMatchObject({ positive: "no", probability: expect.closeTo(0.2) });
    expect(scoring.read(named(["0", "1"], [0.2, 0.8]), 0).score).toMatchObject({ positive: "1" });
    const spelled = new Scoring({ quality: ofPositive("1.0") });
    expect(spelled.read(named(["0", "1"], [0.2, 0.8]), 0).score).toMatchObject({ positive: "1" });
  });

  it("turns the sureness of one of two classes into a probability of the positive one", () => {
    const scoring = new Scoring({ prediction: prediction("yes", "no"), quality: ofPositive("yes") });
    const sure: Predictions = { ...values("yes", "no"), confidences: [0.9, 0.7] };
    expect(scoring.read(sure, 0).score).toMatchObject({ kind: "positive", probability: 0.9 });
    expect(scoring.read(sure, 1).score).toMatchObject({ kind: "positive", probability: expect.closeTo(0.3) });
    const many = new Scoring({ prediction: prediction("yes", "no", "maybe") });
    expect(many.read(sure, 1).score).toEqual({ kind: "confidence", probability: 0.7 });
  });

  it("takes a sigmoid's number for the probability of the positive class when the baseline knows the two", () => {
    const scoring = new Scoring({ prediction: prediction("0", "1"), quality: ofPositive("1") });
    expect(scoring.read(values(0.93), 0)).toEqual({
      value: 1,
      score: { kind: "positive", probability: 0.93, positive: "1" },
    });
    expect(scoring.read(values(0.07), 0).value).toBe(0);
    expect(scoring.read(values(1.5), 0).value).toBe(1.5);
    expect(new Scoring().read(values(0.93), 0)).toEqual({ value: 0.93, score: { kind: "none" } });
  });

  it("has no score where the answer's makes no sense", () => {
    const scoring = new Scoring();
    for (const wrong of [Number.NaN, -0.1, 1.1, Infinity]) {
      expect(scoring.read({ ...values("a"), confidences: [wrong] }, 0).score.kind).toBe("none");
      const two = { ...values("yes"), classes: ["no", "yes"], probabilities: [0.5, wrong] };
      expect(scoring.read(two, 0).score.kind, String(wrong)).toBe("none");
    }
    expect(
      scoring.read({ ...values("d"), classes: ["a", "b", "c"], probabilities: [0.2, 0.5, 0.3] }, 0).score.kind,
    ).toBe("none");
    expect(scoring.read(values(null), 0)).toEqual({ value: undefined, score: { kind: "none" } });
  });
});
