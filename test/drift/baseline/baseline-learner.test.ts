import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Baseline } from "../../../src/drift/baseline/baseline.ts";
import { readBaseline, writeBaseline } from "../../../src/drift/baseline/baseline-file.ts";
import { BaselineLearner, type LearnerOptions } from "../../../src/drift/baseline/baseline-learner.ts";
import type { Cell, Columns, FeatureTable, Predictions } from "../../../src/payload/body-content.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";
import { built, categorical, numeric, rowsOf, tableOf } from "../support/built-baseline.ts";

const learner = (options: Partial<LearnerOptions> = {}): BaselineLearner =>
  new BaselineLearner({ maxColumns: 1000, maxBytes: 2 ** 24, random: seededRandom(1), ...options });

const finished = (learned: BaselineLearner): Baseline => learned.finish("2026-01-02T03:04:05Z", "churn");

const answer = (values: Predictions["values"], confidences: readonly number[] = []): Predictions => ({
  rowCount: values.length,
  values,
  classes: [],
  probabilities: [],
  confidences,
});

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

describe("BaselineLearner", () => {
  it("learns the same features as the builder finds in a file with the same rows", () => {
    const cell = fc.oneof(fc.double(), fc.constantFrom(null, undefined, 1, 2, 3), fc.constantFrom("x", true));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 60 }), (rows) => {
        const learned = learner();
        for (const [a, b] of rows) learned.add(tableOf({ a: [a], b: [b] }), undefined);
        const { features, source } = finished(learned);
        const whole = built([tableOf({ a: rows.map(([a]) => a), b: rows.map(([, b]) => b) })]).baseline;
        expect(features).toEqual(whole.features);
        expect(source).toEqual({ kind: "learned", name: "churn", digest: "", rows: rows.length });
        expect(learned.requests).toBe(rows.length);
      }),
    );
  });

  it("counts every row after the edges were set, also far outside of them", () => {
    const learned = learner({ maxBytes: 1 << 14 });
    const random = seededRandom(2);
    const values = range(8000).map((row) => (row < 4000 ? random() : 10 * random() - 5));
    for (const value of values) learned.add(tableOf({ x: [value] }), undefined);
    const distribution = numeric(finished(learned), "x");
    const { edges, counts } = distribution;
    expect(rowsOf(distribution)).toBe(8000);
    expect(edges[0]).toBe(Math.min(...values));
    expect(edges.at(-1)).toBe(Math.max(...values));
    counts.forEach((count, bin) => {
      const [low, high] = [edges[bin]!, edges[bin + 1]!];
      expect(count).toBe(
        values.filter((value) => value >= low && (bin === counts.length - 1 ? value <= high : value < high)).length,
      );
    });
    expect(readBaseline(writeBaseline(finished(learned))).kind).toBe("baseline");
  });

  it.each<[string, number]>([
    ["just above", 5e-324],
    ["far above", Number.MAX_VALUE],
    ["below", -Number.MAX_VALUE],
  ])("makes a valid baseline when the largest value was constant and one comes %s", (_, late) => {
    const learned = learner({ maxBytes: 1 << 14 });
    for (let row = 0; row < 3000; row++) learned.add(tableOf({ x: [0] }), undefined);
    learned.add(tableOf({ x: [late] }), undefined);
    const baseline = finished(learned);
    expect(rowsOf(numeric(baseline, "x"))).toBe(3001);
    expect(readBaseline(writeBaseline(baseline)).kind).toBe("baseline");
  });

  it("counts a word that comes late in a column of numbers as invalid", () => {
    const learned = learner({ maxBytes: 1 << 14 });
    for (let row = 0; row < 3000; row++) learned.add(tableOf({ x: [row] }), undefined);
    learned.add(tableOf({ x: ["?"] }), undefined);
    expect(numeric(finished(learned), "x").invalid).toBe(1);
  });

  it("counts a column as missing in the rows of requests without it", () => {
    const learned = learner();
    learned.add(tableOf({ a: [1, 2] }), undefined);
    learned.add(tableOf({ b: ["x"] }), undefined);
    const baseline = finished(learned);
    expect(numeric(baseline, "a")).toMatchObject({ missing: 1, counts: [1, 1] });
    expect(categorical(baseline, "b")).toMatchObject({ missing: 2, counts: [1] });
  });

  it("learns predictions and confidence", () => {
    const learned = learner();
    learned.add(tableOf({ a: [1, 2] }), answer(["yes", "no"], [0.9, 0.6]));
    learned.add(tableOf({ a: [1] }), answer(["yes"], [Number.NaN]));
    learned.add(tableOf({ a: [1] }), undefined);
    learned.add(tableOf({ a: [1] }), { ...answer([null]), classes: ["no", "yes"], probabilities: [0.1, 0.9] });
    expect(finished(learned)).toMatchObject({
      prediction: { name: "prediction", kind: "categorical", values: ["yes", "no"], counts: [3, 1] },
      confidence: { name: "confidence", kind: "numeric", counts: [1, 1], missing: 1 },
    });
  });

  it("takes few different integers for classes and others for amounts", () => {
    const kindOf = (values: readonly Cell[]): string | undefined => {
      const learned = learner();
      learned.add(tableOf({ a: values.map(() => 1) }), answer(values));
      return finished(learned).prediction?.kind;
    };
    expect([kindOf([0, 1, 0]), kindOf([0.5]), kindOf(range(60)), kindOf(["a"])]).toEqual([
      "categorical",
      "numeric",
      "numeric",
      "categorical",
    ]);
  });

  it("keeps to its number of columns and counts what it left out", () => {
    const learned = learner({ maxColumns: 10 });
    const names = range(1_000_00).map((index) => `c${index}`);
    const columns: Columns = { names, isPositional: false };
    const table: FeatureTable = { columns, rowCount: 1, cells: new Float64Array(names.length) };
    learned.add(table, undefined);
    learned.add(table, undefined);
    expect(finished(learned).features.map((feature) => feature.name)).toEqual(names.slice(0, 10));
    expect(learned.droppedColumns).toBe(names.length - 10);
  });

  it("keeps to its memory whatever comes", () => {
    const learned = learner({ maxBytes: 2 ** 20 });
    const random = seededRandom(4);
    const names = range(500).map((index) => `c${index}`);
    const columns: Columns = { names, isPositional: false };
    for (let request = 0; request < 40; request++) {
      const cells = names.map((_, index) => (index % 2 === 0 ? `${random()}${"x".repeat(200)}` : random()));
      learned.add({ columns, rowCount: 1, cells }, undefined);
    }
    const { features } = finished(learned);
    // 16 KB a column at least: only 64 fit into a megabyte.
    expect(features).toHaveLength(64);
    for (const feature of features) expect(rowsOf(feature)).toBe(40);
    expect(writeBaseline(finished(learned)).length).toBeLessThan(2 ** 20);
  });

  it("learns wide requests in full that come after narrow ones", () => {
    const learned = learner({ maxBytes: 2 ** 23 });
    for (const width of [2, 50, 300]) {
      const columns: Columns = { names: range(width).map((index) => `c${index} of ${width}`), isPositional: false };
      for (let request = 0; request < 5; request++) {
        learned.add({ columns, rowCount: 1, cells: new Float64Array(width) }, undefined);
      }
    }
    expect(finished(learned).features).toHaveLength(352);
    expect(learned.droppedColumns).toBe(0);
  });

  it("leaves out columns that were in less than one row of a hundred", () => {
    const learned = learner();
    for (let row = 0; row < 1000; row++) {
      learned.add(
        tableOf({ a: [1], ...(row % 130 === 5 ? { rare: [1] } : {}), ...(row % 90 === 5 ? { b: [1] } : {}) }),
        undefined,
      );
    }
    expect(finished(learned).features.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("does not fill the memory of all columns at the same request, which would hold up that one", () => {
    const width = 400;
    const learner = new BaselineLearner({ maxColumns: width, maxBytes: 8 * 2 ** 20, random: seededRandom(1) });
    const columns = { names: Array.from({ length: width }, (_, index) => `c${index}`), isPositional: false };
    // A word that never comes again: how many were told apart says when the memory was full.
    for (let request = 0; request < 150; request++) {
      const cells = columns.names.map((_, column) => `word ${1000 + request} of ${1000 + column}`);
      learner.add({ columns, rowCount: 1, cells }, undefined);
    }
    const filledAt = new Map<number, number>();
    for (const feature of learner.finish("2026-01-01T00:00:00Z", "m").features) {
      if (feature.kind !== "categorical") throw new Error("a column of words is categorical");
      filledAt.set(feature.distinct, (filledAt.get(feature.distinct) ?? 0) + 1);
    }
    expect(Math.max(...filledAt.values())).toBeLessThan(width / 8);
  });

  it("may go on after a baseline was made", () => {
    const learned = learner();
    learned.add(tableOf({ a: [1, 2] }), undefined);
    const early = finished(learned);
    learned.add(tableOf({ a: [3] }), undefined);
    expect(rowsOf(early.features[0]!)).toBe(2);
    expect(numeric(finished(learned), "a")).toMatchObject({ counts: [1, 1, 1] });
  });

  it("gives an empty baseline that can be read when nothing came", () => {
    expect(readBaseline(writeBaseline(finished(learner()))).kind).toBe("baseline");
  });
});
