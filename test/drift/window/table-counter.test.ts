import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Baseline } from "../../../src/drift/baseline/baseline.ts";
import { cellLabels } from "../../../src/drift/window/cell-labels.ts";
import { layOutCells, noteNames, type CellLayout } from "../../../src/drift/window/cell-layout.ts";
import { findChanges } from "../../../src/drift/verdict/changes.ts";
import { TableCounter } from "../../../src/drift/window/table-counter.ts";
import { emptyWindow, groupSize, type WindowCounts } from "../../../src/drift/window/window-counts.ts";
import type { Cell, Columns, FeatureTable, Predictions } from "../../../src/payload/body-content.ts";
import { baselineOf, categorical, numeric } from "../support/some-baselines.ts";

const plan = categorical("plan", { basic: 60, pro: 40 }, { other: 2, rareValues: ["gold"], isRareComplete: true });
const city = categorical("city", { rome: 60, oslo: 40 }, { other: 9, isRareComplete: false });
const baseline = baselineOf([numeric("age", [0, 30, 60]), plan, city], {
  prediction: categorical("answer", { yes: 30, no: 70 }),
  confidence: numeric("p", [0, 0.5, 1]),
});

interface Counted {
  readonly layout: CellLayout;
  readonly window: WindowCounts;
  /** Cells of a target that are not 0, by label. */
  cells(name: string): Readonly<Record<string, number>>;
  notes(name: string): Readonly<Record<string, number>>;
}

function counted(count: (counter: TableCounter, window: WindowCounts) => void, over: Baseline = baseline): Counted {
  const layout = layOutCells(over, 100);
  const window = emptyWindow(layout);
  count(new TableCounter(layout), window);
  const named = (labels: readonly string[], offset: number): Record<string, number> =>
    Object.fromEntries(
      labels.map((label, at) => [label, window.vector[offset + at]!]).filter(([, rows]) => rows !== 0),
    );
  const find = (name: string): CellLayout["targets"][number] => layout.targets.find((target) => target.name === name)!;
  return {
    layout,
    window,
    cells: (name) => named(cellLabels(find(name).distribution), find(name).offset),
    notes: (name) => named(noteNames, find(name).noteOffset),
  };
}

const named = (...names: string[]): Columns => ({ names, isPositional: false });
const tableOf = (columns: Columns, ...rows: (readonly Cell[])[]): FeatureTable => ({
  columns,
  rowCount: rows.length,
  cells: rows.flat(),
});
const countTable = (table: FeatureTable, over = baseline): Counted =>
  counted((counter, window) => counter.countFeatures(table, window), over);
const answers = (over: Partial<Predictions>): Predictions => ({
  rowCount: over.values?.length ?? over.confidences?.length ?? 0,
  values: [],
  classes: [],
  probabilities: [],
  confidences: [],
  ...over,
});

describe("TableCounter", () => {
  it("counts numbers, text and what is neither", () => {
    const cells: readonly Cell[] = [5, 30, 60, -1, 61, null, undefined, NaN, Infinity, -Infinity, "7", true, 2n ** 60n];
    const found = countTable(tableOf(named("age"), ...cells.map((cell) => [cell])));
    expect(found.cells("age")).toEqual({ "[0, 30)": 1, "[30, 60]": 2, below: 1, above: 1, missing: 3, invalid: 5 });
    expect(found.notes("age")).toEqual({ foreign: 1, boolean: 1 });
  });

  it("counts words: known, rare, never seen, and unclear ones", () => {
    const cells: readonly Cell[] = ["basic", "pro", "gold", "plan 9", 7, false, null, NaN];
    const found = countTable(tableOf(named("plan", "city"), ...cells.map((cell) => [cell, cell])));
    expect(found.cells("plan")).toEqual({ basic: 1, pro: 1, other: 1, new: 3, missing: 2 });
    expect(found.cells("city")).toEqual({ other: 6, missing: 2 });
    expect(found.notes("plan")).toEqual({ foreign: 1, boolean: 1 });
    expect(found.window.names.names().newValues).toEqual([{ name: "plan", values: ["plan 9", "7", "false"] }]);
  });

  it("counts a feature without a column as absent and missing", () => {
    const found = countTable(tableOf(named("plan"), ["pro"], ["pro"]));
    expect(found.cells("age")).toEqual({ missing: 2 });
    expect(found.notes("age")).toEqual({ absent: 2 });
    expect(findChanges(found.layout, found.window).absent).toEqual(["age", "city"]);
  });

  it("names columns that it does not know, whatever they are called", () => {
    const names = ["age", "__proto__", "constructor", "toString", "hasOwnProperty"];
    const found = countTable(tableOf(named(...names), [1, 2, 3, 4, 5]));
    const { unknown } = findChanges(found.layout, found.window);
    expect(unknown.map(({ name }) => name)).toEqual(names.slice(1));
    const hostile = baselineOf([numeric("__proto__", [0, 9]), categorical("constructor", { __proto__: 1 })]);
    expect(
      countTable(tableOf(named("__proto__", "constructor"), [1, "__proto__"]), hostile).notes("__proto__"),
    ).toEqual({});
  });

  it("bounds names of columns and examples of values, and counts the rest", () => {
    const names = Array.from({ length: 500 }, (_, index) => `${index}-${"x".repeat(500)}`);
    const found = counted((counter, window) => {
      counter.countFeatures(tableOf(named(...names), names), window);
      counter.countFeatures(tableOf(named("plan"), ...names.map((name) => [name])), window);
    });
    const met = found.window.names.names();
    expect(met.unknownColumns).toHaveLength(50);
    expect(met.droppedColumns).toBe(450);
    expect(met.newValues[0]!.values).toHaveLength(20);
    expect(met.droppedValues).toBe(480);
    expect(met.newValues[0]!.values.every((value) => value.length <= 128)).toBe(true);
  });

  it("matches made-up names by position when there are as many as features", () => {
    const positional = (count: number): Columns => ({
      names: Array.from({ length: count }, (_, index) => `${index}`),
      isPositional: true,
    });
    const found = countTable(tableOf(positional(3), [5, "pro", "oslo"]));
    expect([found.cells("age"), found.cells("plan"), found.cells("city")]).toEqual([
      { "[0, 30)": 1 },
      { pro: 1 },
      { oslo: 1 },
    ]);
    expect(countTable(tableOf(positional(2), [5, "pro"])).notes("age")).toEqual({ absent: 1 });
    const numbered = baselineOf([numeric("1", [0, 9]), numeric("0", [0, 9])]);
    expect(countTable(tableOf(positional(2), [20, 5]), numbered).cells("1")).toEqual({ "[0, 9]": 1 });
  });

  it("counts the first of two columns with one name", () => {
    expect(countTable(tableOf(named("age", "age"), [5, 40])).cells("age")).toEqual({ "[0, 30)": 1 });
  });

  it("does not call features unknown that it leaves out because there are too many", () => {
    const layout = layOutCells(baseline, 1);
    const window = emptyWindow(layout);
    new TableCounter(layout).countFeatures(tableOf(named("age", "plan", "x"), [1, 2, 3]), window);
    expect(findChanges(layout, window).unknown).toEqual([{ name: "x", rows: 1 }]);
  });

  it("takes predictions, guesses of the largest probability, and confidences", () => {
    const found = counted((counter, window) => {
      counter.countPredictions(answers({ values: ["yes", "no", "maybe"], confidences: [0.9, 0.2, 2] }), window);
      counter.countPredictions(
        answers({ values: [null], classes: ["no", "yes"], probabilities: [0.1, 0.9], rowCount: 1 }),
        window,
      );
    });
    expect(found.cells("prediction")).toEqual({ yes: 2, no: 1, new: 1 });
    expect(found.cells("confidence")).toEqual({ "[0, 0.5)": 1, "[0.5, 1]": 1, above: 1 });
    expect(groupSize(found.layout, "prediction", found.window.vector)).toMatchObject({ requests: 2, rows: 4 });
    expect(groupSize(found.layout, "confidence", found.window.vector)).toMatchObject({ requests: 1, rows: 3 });
  });

  it("does not count answers that name nothing as missing", () => {
    const found = counted((counter, window) => counter.countPredictions(answers({ values: [null, null] }), window));
    expect(groupSize(found.layout, "prediction", found.window.vector).requests).toBe(0);
  });

  it("weighs requests by their rows: n = (Σr)²/Σr²", () => {
    const found = counted((counter, window) => {
      counter.countFeatures(tableOf(named("age"), [1], [2], [3]), window);
      counter.countFeatures(tableOf(named("age"), [1]), window);
    });
    expect(groupSize(found.layout, "feature", found.window.vector)).toEqual({ requests: 2, rows: 4, effective: 1.6 });
  });

  it.each<readonly [string, FeatureTable, number]>([
    ["no rows", { columns: named("age"), rowCount: 0, cells: [] }, 0],
    ["fewer cells than rows", { columns: named("age"), rowCount: 1e9, cells: [1, 2] }, 2],
    ["a row that is cut", { columns: named("age", "plan"), rowCount: 2, cells: [1, "pro", 2] }, 2],
    ["NaN rows", { columns: named("age"), rowCount: NaN, cells: [1] }, 0],
    ["negative rows", { columns: named("age"), rowCount: -4, cells: [1] }, 0],
    ["half a row", { columns: named("age"), rowCount: 1.5, cells: [1, 2] }, 1],
    ["no columns", { columns: named(), rowCount: 1e300, cells: [] }, 2 ** 31],
  ])("survives %s", (_, table, rows) => {
    const found = countTable(table);
    expect(groupSize(found.layout, "feature", found.window.vector).rows).toBe(rows);
    const total = Object.values(found.cells("age")).reduce((sum, count) => sum + count, 0);
    expect(total).toBe(rows);
  });

  it("counts a tensor as it counts the same numbers row by row", () => {
    const columns = named("age", "x", "city", "size");
    const over = baselineOf([numeric("size", [-1, -0.5, 0, 0.1, 0.5, 1]), numeric("age", [0, 30, 60]), city]);
    const value = fc.oneof(
      fc.double({ min: -2, max: 2, noNaN: true }),
      fc.constantFrom(0, 30, 60, 0.5, 1, -1, NaN, Infinity, -Infinity),
    );
    const arrays = fc.constantFrom(Float64Array, Float32Array, Int32Array, Uint8Array, Int16Array);
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value, value), { maxLength: 30 }), arrays, (rows, Kind) => {
        const cells = Kind.from(rows.flat());
        const tensor = countTable({ columns, rowCount: rows.length, cells }, over);
        const plain = countTable({ columns, rowCount: rows.length, cells: [...cells] }, over);
        if (Kind !== Float32Array) expect(tensor.window.vector).toEqual(plain.window.vector);
        for (const name of ["size", "age", "city"]) {
          const rowsOf = (counts: Readonly<Record<string, number>>): number =>
            Object.values(counts).reduce((sum, count) => sum + count, 0);
          expect(rowsOf(tensor.cells(name))).toBe(rows.length);
        }
      }),
    );
  });

  it("counts a tensor that is larger than what is taken at a time", () => {
    const columns = named(...Array.from({ length: 100 }, (_, index) => `f${index}`));
    const over = baselineOf(columns.names.map((name) => numeric(name, [0, 1, 2, 3])));
    const rows = 777;
    const cells = Float64Array.from({ length: rows * 100 }, (_, index) => ((index * 7919) % 401) / 100 - 0.5);
    const tensor = countTable({ columns, rowCount: rows, cells }, over);
    expect(tensor.window.vector).toEqual(
      countTable({ columns, rowCount: rows, cells: [...cells] }, over).window.vector,
    );
  });

  it("takes 64-bit integers of a tensor as identities", () => {
    const found = countTable({ columns: named("age"), rowCount: 2, cells: BigInt64Array.of(5n, 6n) });
    expect(found.cells("age")).toEqual({ invalid: 2 });
  });
});

describe("findChanges", () => {
  it("tells a feature whose type changed, once most rows have it", () => {
    const table = (...ages: Cell[]): FeatureTable =>
      tableOf(named("age", "plan", "city"), ...ages.map((age) => [age, 3, true]));
    const changes = (found: Counted): unknown => findChanges(found.layout, found.window).retyped;
    expect(changes(countTable(table("1", "2", 3)))).toEqual([
      { name: "age", was: "numbers", came_as: "text", share: 2 / 3 },
      { name: "plan", was: "words", came_as: "numbers", share: 1 },
      { name: "city", was: "words", came_as: "booleans", share: 1 },
    ]);
    expect(
      changes(
        countTable(tableOf(named("age", "plan", "city"), ["1", "pro", "oslo"], [2, "pro", "oslo"], [3, "pro", "oslo"])),
      ),
    ).toEqual([]);
  });

  it("does not call codes that look like numbers a change", () => {
    const codes = baselineOf([categorical("code", { 1: 50, 2: 50 }), categorical("flag", { true: 1, false: 1 })]);
    const found = countTable(tableOf(named("code", "flag"), [1, true], [2, false]), codes);
    expect(found.cells("code")).toEqual({ 1: 1, 2: 1 });
    expect(findChanges(found.layout, found.window).retyped).toEqual([]);
  });
});
