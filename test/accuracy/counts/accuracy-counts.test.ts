import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AccuracyCounts } from "../../../src/accuracy/counts/accuracy-counts.ts";
import { maxClasses, otherClass } from "../../../src/accuracy/counts/class-table.ts";
import { countLabel, countPrediction } from "../../../src/accuracy/counts/count-rows.ts";
import { Scoring, type Score } from "../../../src/accuracy/scoring.ts";
import { encodeCounts } from "../../../src/fleet/counts/counts-encoding.ts";

interface Row {
  readonly value: string | number;
  readonly score: Score;
  readonly label: string | number;
  readonly delayMs: number;
}

// Sums of fractions with few binary digits are exact, so that equal means equal whatever the order.
const anyChance = fc.integer({ min: 0, max: 8 }).map((n) => n / 8);
const anyValue = fc.constantFrom<string | number>("a", "b", "c", 1, 2, 1.5);
const anyRow: fc.Arbitrary<Row> = fc.record({
  value: anyValue,
  label: anyValue,
  delayMs: fc.integer({ min: -10, max: 1e7 }),
  score: fc.oneof(
    fc.constant<Score>({ kind: "none" }),
    anyChance.map<Score>((probability) => ({ kind: "confidence", probability })),
    anyChance.map<Score>((probability) => ({ kind: "positive", probability, positive: "b" })),
  ),
});

function countsOf(rows: readonly Row[]): AccuracyCounts {
  const counts = new AccuracyCounts();
  const scoring = new Scoring();
  for (const row of rows) {
    countPrediction(counts, row, scoring);
    countLabel(counts, row, scoring);
  }
  return counts;
}

/** Fields in an order of their own, log loss to as many digits as its sum has whatever the order. */
const fieldsOf = (counts: AccuracyCounts): Record<string, number> => {
  const fields = Object.fromEntries([...counts.toFields()].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...fields, log_loss: Math.round((fields["log_loss"] ?? 0) * 1e6) };
};

const read = (fields: Iterable<readonly [string, number]>): AccuracyCounts => {
  const counts = new AccuracyCounts();
  counts.addFields(fields);
  return counts;
};

describe("sums of a window", () => {
  it("merge into the sums of all rows, in any order and any parts", () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyRow, { maxLength: 8 }), { maxLength: 4 }), (parts) => {
        const merged = new AccuracyCounts();
        for (const part of parts.toReversed()) merged.merge(countsOf(part));
        expect(fieldsOf(merged)).toEqual(fieldsOf(countsOf(parts.flat())));
        const sent = new AccuracyCounts();
        for (const part of parts) sent.addFields(countsOf(part).toFields());
        expect(fieldsOf(sent)).toEqual(fieldsOf(merged));
      }),
    );
  });

  it("survive the way over fields, whatever classes are called", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 10 }), (pairs) => {
        const counts = new AccuracyCounts();
        for (const [actual, predicted] of pairs) {
          counts.addPair(actual, predicted);
          counts.addPositive(actual);
        }
        expect(fieldsOf(read(counts.toFields()))).toEqual(fieldsOf(counts));
      }),
    );
    const counts = new AccuracyCounts();
    counts.addPair("__proto__", "constructor");
    expect([...read(counts.toFields()).pairs()]).toEqual([{ actual: "__proto__", predicted: "constructor", rows: 1 }]);
  });

  it("leave out fields that they do not know and numbers that are none", () => {
    const fields = new Map([
      ["labels", 3],
      ["labels:0", 4],
      ["labels:1", 5],
      ["delay:102", 5],
      ["delay:-1", 5],
      ["delay:1.5", 5],
      ["delay:x", 5],
      ["__proto__", 5],
      ["pair:[1,2]", 5],
      ['pair:["a"]', 5],
      ["pair:{", 5],
      ["predictions", Number.NaN],
      ["right", -1],
      ["brier", Infinity],
    ]);
    expect(Object.fromEntries(read(fields).toFields())).toEqual({ labels: 7 });
  });

  it("tell at most fifty classes apart, and lose no row of the others", () => {
    const counts = new AccuracyCounts();
    for (let i = 0; i < 1000; i++) counts.addPair(`class ${i}`, `class ${i % 7}`);
    const pairs = [...counts.pairs()];
    expect(new Set(pairs.map(({ actual }) => actual)).size).toBe(maxClasses + 1);
    expect(pairs.reduce((sum, { rows }) => sum + rows, 0)).toBe(1000);
    expect(pairs.filter(({ actual }) => actual === otherClass).reduce((sum, { rows }) => sum + rows, 0)).toBe(950);
    const merged = new AccuracyCounts();
    for (let replica = 0; replica < 30; replica++) {
      const other = new AccuracyCounts();
      for (let i = 0; i < 50; i++) other.addPair(`replica ${replica} class ${i}`, "x");
      merged.merge(other);
    }
    expect([...merged.pairs()].length).toBeLessThanOrEqual(maxClasses + 1);
    expect([...merged.pairs()].reduce((sum, { rows }) => sum + rows, 0)).toBe(1500);
  });

  it("can be shared whatever classes are called: names that take too many bytes are counted as one class", () => {
    const counts = new AccuracyCounts();
    for (const name of ["\u0001".repeat(256), "\u6f22".repeat(256), "\ud800".repeat(256)]) {
      counts.addPair(name, `${name.slice(1)}x`);
      counts.addPositive(name);
    }
    counts.addPair("yes", "\u6f22".repeat(100));
    expect(encodeCounts(counts.toFields())).toBeDefined();
    expect([...counts.pairs()]).toEqual([
      { actual: otherClass, predicted: otherClass, rows: 3 },
      { actual: "yes", predicted: "\u6f22".repeat(100), rows: 1 },
    ]);
  });

  it("say whether anything has changed", () => {
    const counts = new AccuracyCounts();
    const { revision } = counts;
    counts.merge(new AccuracyCounts());
    counts.addFields(new Map([["nonsense", 1]]));
    expect(counts.revision).toBe(revision);
    counts.add("labels");
    expect(counts.revision).toBeGreaterThan(revision);
  });
});
