import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { maxFeatures } from "../../../src/drift/baseline/baseline.ts";
import { readBaseline, writeBaseline } from "../../../src/drift/baseline/baseline-file.ts";
import type { Cell, FeatureTable } from "../../../src/payload/body-content.ts";
import { nextUp } from "../../../src/sketch/next-up.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";
import { built, categorical, numeric, rowsOf, tableOf } from "../support/built-baseline.ts";

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
const repeated = (value: Cell, times: number): Cell[] => Array.from<Cell>({ length: times }).fill(value);

/** The table cut into tables of a few rows. */
function cut({ columns, rowCount, cells }: FeatureTable, rows: number): FeatureTable[] {
  const width = columns.names.length;
  return range(Math.ceil(rowCount / rows)).map((part) => {
    const start = part * rows;
    const end = Math.min(rowCount, start + rows);
    return { columns, rowCount: end - start, cells: Array.from(cells).slice(start * width, end * width) };
  });
}

describe("the kinds of columns", () => {
  it.each<[string, readonly Cell[], object]>([
    ["numbers", [1, 2.5, null, -3], { kind: "numeric", missing: 1, invalid: 0, counts: [1, 1, 1] }],
    ["numbers and infinities", [1, Infinity, -Infinity, Number.NaN], { kind: "numeric", missing: 1, invalid: 2 }],
    [
      "words",
      ["a", "b", "a", undefined],
      { kind: "categorical", values: ["a", "b"], counts: [2, 1], missing: 1, distinct: 2 },
    ],
    ["booleans", [true, false, true], { kind: "categorical", values: ["true", "false"] }],
    ["identities past 2^53", [2n ** 60n, 5], { kind: "categorical", distinct: 2 }],
    ["large integers among fractions", [2n ** 60n, 0.5], { kind: "numeric", invalid: 1, counts: [1] }],
    ["words among numbers", [1, 2, "x"], { kind: "categorical", note: "mixed_types", values: ["1", "2", "x"] }],
    ["booleans among numbers", [1, true, 1], { kind: "categorical", note: "mixed_types", values: ["1", "true"] }],
    [
      "a constant number",
      [7, 7],
      { kind: "numeric", edges: [7, nextUp(7)], counts: [2], note: "constant", quartiles: [7, 7, 7] },
    ],
    ["a constant word", ["x", "x"], { kind: "categorical", note: "constant" }],
    ["a constant and missing", [7, null], { kind: "numeric", note: "constant", missing: 1 }],
    [
      "nothing",
      [null, undefined, Number.NaN],
      { kind: "numeric", edges: [], counts: [], missing: 3, mean: 0, note: "all_missing" },
    ],
    ["only infinities", [Infinity, -Infinity], { kind: "numeric", edges: [], invalid: 2, note: "mixed_types" }],
    ["the largest numbers", [Number.MAX_VALUE, -Number.MAX_VALUE], { kind: "numeric", invalid: 0, missing: 0 }],
    ["negative zero", [-0, 0], { kind: "numeric", counts: [2], note: "constant" }],
    [
      "prototype words",
      ["__proto__", "constructor", "__proto__"],
      { kind: "categorical", values: ["__proto__", "constructor"] },
    ],
  ])("%s", (_, cells, expected) => {
    const { baseline } = built([tableOf({ x: cells })]);
    expect(baseline.features[0]).toMatchObject(expected);
    expect(rowsOf(baseline.features[0]!)).toBe(cells.length);
    expect(readBaseline(writeBaseline(baseline)).kind).toBe("baseline");
  });

  it("can be forced", () => {
    const table = tableOf({ zip: [1, 2, 1], age: [30, "?", 40] });
    const { baseline } = built([table], { categorical: new Set(["zip"]), numeric: new Set(["age"]) });
    expect(categorical(baseline, "zip")).toMatchObject({ values: ["1", "2"], counts: [2, 1] });
    expect(numeric(baseline, "age")).toMatchObject({ invalid: 1, note: "mixed_types" });
  });

  it("make classes of predictions with few integers, and amounts of others", () => {
    const kindOf = (cells: readonly Cell[]): string | undefined =>
      built([tableOf({ x: cells, y: cells })], { roles: { prediction: "y" } }).baseline.prediction?.kind;
    expect(kindOf([0, 1, 1])).toBe("categorical");
    expect(kindOf(range(50))).toBe("categorical");
    expect(kindOf(range(51))).toBe("numeric");
    expect(kindOf([0.5, 1])).toBe("numeric");
    expect(kindOf(["cat", "dog"])).toBe("categorical");
    expect(kindOf([true])).toBe("categorical");
  });
});

describe("categories", () => {
  it("have a cell when they hold at least 0.8 % of the rows, and 50 at most", () => {
    const cells = [...repeated("a", 900), ...repeated("b", 92), ...repeated("c", 8)];
    expect(categorical(built([tableOf({ x: cells })]).baseline, "x")).toMatchObject({
      values: ["a", "b", "c"],
      other: 0,
    });
    const more = [...cells, "d"];
    expect(categorical(built([tableOf({ x: more })]).baseline, "x")).toMatchObject({
      values: ["a", "b"],
      other: 9,
      rareValues: ["c", "d"],
      isRareComplete: true,
    });
    const hundred = range(100).map((value) => `v${value}`);
    const { values, rareValues } = categorical(built([tableOf({ x: hundred })]).baseline, "x");
    expect([values.length, rareValues.length]).toEqual([50, 50]);
  });

  it("of 10,000 different values are counted as other, and the report can say so", () => {
    const cells = range(10_000).map((value) => `v${value}`);
    expect(categorical(built([tableOf({ x: cells })]).baseline, "x")).toMatchObject({
      values: [],
      other: 10_000,
      isRareComplete: false,
      distinct: 10_000,
      note: "many_values",
    });
  });

  it("are counted exactly when they are frequent, however little memory there is", () => {
    const random = seededRandom(3);
    const cells = range(20_000).map(() => (random() < 0.2 ? "often" : `v${Math.floor(random() * 1e9)}`));
    const { baseline } = built([tableOf({ x: cells })], { maxBytes: 1 });
    const exact = cells.filter((cell) => cell === "often").length;
    expect(categorical(baseline, "x")).toMatchObject({
      values: ["often"],
      counts: [exact],
      other: 20_000 - exact,
      isRareComplete: false,
      note: "many_values",
    });
  });

  it("keep the exact counts of words when numbers are mixed in, too many to count", () => {
    const random = seededRandom(3);
    const cells: Cell[] = range(20_000).map(() => random());
    for (let row = 0; row < 20_000; row += 100) cells[row] = "unknown";
    const { baseline } = built([tableOf({ x: cells })], { maxBytes: 1 });
    expect(categorical(baseline, "x")).toMatchObject({
      values: ["unknown"],
      counts: [200],
      other: 19_800,
      note: "mixed_types",
    });
  });
});

describe("bins", () => {
  it("count every row exactly, also when only a sample set their edges", () => {
    const random = seededRandom(5);
    const values = range(30_000).map(() => random() ** 3);
    const { baseline } = built(cut(tableOf({ x: values }), 1000), { maxBytes: 1 });
    const { edges, counts, quartiles, mean } = numeric(baseline, "x");
    expect(counts).toHaveLength(20);
    counts.forEach((count, bin) => {
      const low = edges[bin]!;
      const high = edges[bin + 1]!;
      expect(count).toBe(values.filter((value) => value >= low && (bin === 19 ? value <= high : value < high)).length);
      // 2,000 values were kept: a bin holds 1,500 rows, with a standard deviation of about 146.
      expect(Math.abs(count - 1500)).toBeLessThan(700);
    });
    expect(edges[0]).toBe(Math.min(...values));
    expect(edges.at(-1)).toBe(Math.max(...values));
    expect(quartiles[1]).toBeCloseTo(0.125, 1);
    expect(mean).toBeCloseTo(0.25, 1);
  });

  it("do not depend on how the rows are cut into tables", () => {
    const cell = fc.oneof(fc.double(), fc.constantFrom(null, undefined, 1, 2, "x", true, 2n ** 70n));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, fc.double()), { minLength: 1 }),
        fc.integer({ min: 1, max: 5 }),
        (rows, size) => {
          const table = tableOf({ a: rows.map(([a]) => a), b: rows.map(([, b]) => b) });
          const whole = built([table]).baseline;
          expect(built(cut(table, size)).baseline).toEqual(whole);
          for (const feature of whole.features) expect(rowsOf(feature)).toBe(rows.length);
          const text = writeBaseline(whole);
          expect(readBaseline(text)).toEqual({ kind: "baseline", baseline: JSON.parse(text) as unknown });
        },
      ),
    );
  });
});

describe("weights", () => {
  it("count a row as often as they say", () => {
    const cell = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom(null, Infinity, "a", "b"));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, fc.integer({ min: 0, max: 4 })), { minLength: 1 }), (rows) => {
        const weighted = tableOf({ x: rows.map(([x]) => x), w: rows.map(([, w]) => w) });
        const repeatedRows = tableOf({ x: rows.flatMap(([x, w]) => repeated(x, w)) });
        const options = { roles: { weight: "w" } };
        const { baseline } = built([weighted], options);
        const plain = built([repeatedRows]).baseline;
        fc.pre(repeatedRows.rowCount > 0);
        expect(baseline.source.rows).toBe(repeatedRows.rowCount);
        const { mean, ...rest } = baseline.features[0] as { mean?: number };
        const { mean: plainMean, ...plainRest } = plain.features[0] as { mean?: number };
        expect(mean ?? 0).toBeCloseTo(plainMean ?? 0, 9);
        const rounded = (value: object): object =>
          JSON.parse(
            JSON.stringify(value, (_, each: unknown) => (typeof each === "number" ? Number(each.toFixed(9)) : each)),
          ) as object;
        expect(rounded(rest)).toEqual(rounded(plainRest));
      }),
    );
  });

  it("that are no number of 0 or more leave the row out and are counted", () => {
    const table = tableOf({ x: [1, 2, 3, 4, 5, 6], w: [1, -1, null, "x", Infinity, 0.5] });
    const { baseline, unweightedRows } = built([table], { roles: { weight: "w" } });
    expect(unweightedRows).toBe(4);
    expect(baseline.source.rows).toBe(1.5);
    expect(baseline.features.map((feature) => feature.name)).toEqual(["x"]);
    expect(numeric(baseline, "x")).toMatchObject({ counts: [1, 0.5] });
  });
});

describe("columns", () => {
  it("that a table lacks are missing in its rows", () => {
    const { baseline } = built([tableOf({ a: [1, 2] }), tableOf({ b: ["x"], a: [3] }), tableOf({ b: ["y"] })]);
    expect(numeric(baseline, "a")).toMatchObject({ missing: 1 });
    expect(categorical(baseline, "b")).toMatchObject({ missing: 2, counts: [1, 1] });
  });

  it("with a role or excluded are no features", () => {
    const table = tableOf({ a: [1], p: ["x"], y: ["x"], s: [1], w: [1], id: ["q"] });
    const roles = { prediction: "p", label: "y", score: "s", weight: "w", exclude: new Set(["id"]) };
    expect(built([table], { roles }).baseline.features.map((feature) => feature.name)).toEqual(["a"]);
  });

  it("beyond the cap are left out and counted", () => {
    const names = range(maxFeatures + 5).map((index) => `c${index}`);
    const table = { columns: { names, isPositional: false }, rowCount: 1, cells: names.map(() => 1) };
    const { baseline, droppedColumns } = built([table]);
    expect(baseline.features).toHaveLength(maxFeatures);
    expect(droppedColumns).toBe(5);
  });
});

describe("quality", () => {
  it("is the part of the labelled rows whose prediction was right", () => {
    const table = tableOf({ p: ["a", "b", "a", null, 1], y: ["a", "a", null, "a", 1] });
    expect(built([table], { roles: { prediction: "p", label: "y" } }).baseline.quality).toEqual({
      accuracy: 2 / 3,
      rows: 3,
    });
  });

  it("is the mean absolute error of amounts", () => {
    const table = tableOf({ p: [1.5, 2.5, 3, "x"], y: [1, 3, null, 2] });
    const roles = { prediction: "p", label: "y" };
    expect(built([table], { roles, numeric: new Set(["p"]) }).baseline.quality).toEqual({
      meanAbsoluteError: 0.5,
      rows: 2,
    });
  });

  it("is not there when nothing could be compared", () => {
    const table = tableOf({ p: ["a", null], y: [null, "a"] });
    expect(built([table], { roles: { prediction: "p", label: "y" } }).baseline.quality).toBeUndefined();
  });

  it("maps the probability of a class to how often it came true", () => {
    const random = seededRandom(11);
    const p = range(20_000).map(() => random());
    const table = tableOf({ p, y: p.map((value) => (random() < value ** 2 ? "yes" : "no")) });
    const { baseline } = built([table], { roles: { score: "p", label: "y" }, positive: "yes" });
    const { calibration } = baseline.quality ?? {};
    expect(calibration).toMatchObject({ of: "positive_probability", positive: "yes" });
    expect(calibration!.x.length).toBeLessThanOrEqual(50);
    calibration!.x.forEach((x, index) => expect(Math.abs(calibration!.y[index]! - x ** 2)).toBeLessThan(0.15));
    expect(baseline.confidence).toMatchObject({ name: "confidence", invalid: 0, missing: 0 });
    expect(baseline.confidence!.edges[0]).toBeGreaterThanOrEqual(0.5);
    expect(readBaseline(writeBaseline(baseline)).kind).toBe("baseline");
  });

  it("maps confidence to how often the prediction was right", () => {
    const table = tableOf({ s: [0.5, 0.5, 0.9, 0.9, 1], p: ["a", "a", "a", "a", "a"], y: ["a", "b", "a", "a", "a"] });
    const { quality } = built([table], { roles: { score: "s", prediction: "p", label: "y" } }).baseline;
    expect(quality?.calibration).toEqual({ of: "confidence", positive: "", x: [0.5, 0.9, 1], y: [0.5, 1, 1] });
  });

  it("takes only scores from 0 to 1, and counts the others as invalid", () => {
    const table = tableOf({ s: [0.5, 50, -1, "x", null, Number.NaN], p: repeated("a", 6), y: repeated("a", 6) });
    const { baseline } = built([table], { roles: { score: "s", prediction: "p", label: "y" } });
    expect(baseline.confidence).toMatchObject({ counts: [1], invalid: 3, missing: 2 });
    expect(baseline.quality?.calibration?.x).toEqual([0.5]);
  });

  it("always makes a map that its format takes", () => {
    const row = fc.record({
      s: fc.double({ min: 0, max: 1, noNaN: true }),
      y: fc.boolean(),
      w: fc.double({ min: 0, max: 10, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 300 }), (rows) => {
        const table = tableOf({ s: rows.map(({ s }) => s), y: rows.map(({ y }) => y), w: rows.map(({ w }) => w) });
        const { baseline } = built([table], { roles: { score: "s", label: "y", weight: "w" }, positive: "true" });
        expect(readBaseline(writeBaseline(baseline))).toMatchObject({ kind: "baseline" });
      }),
    );
  });
});
