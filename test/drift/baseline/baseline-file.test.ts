import { readFile } from "node:fs/promises";
import path from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { baselineSchemaPage } from "../../../scripts/docs/baseline-schema-page.ts";
import type { Baseline } from "../../../src/drift/baseline/baseline.ts";
import { readBaseline, writeBaseline } from "../../../src/drift/baseline/baseline-file.ts";
import { built, tableOf } from "../support/built-baseline.ts";
import { obeys, type JsonSchema } from "../support/schema-evaluator.ts";

const { baseline } = built(
  [
    tableOf({
      age: [31, 42, null, Infinity, 55],
      city: ["Bern", "Rom", "Rom", null, "Oslo"],
      answer: ["yes", "no", "yes", "yes", "no"],
      truth: ["yes", "no", "no", "yes", "yes"],
      p: [0.9, 0.2, 0.7, 0.8, 0.4],
    }),
  ],
  { roles: { prediction: "answer", label: "truth", score: "p" }, positive: "yes" },
);
const example: Baseline = { ...baseline, model: { name: "churn", version: "7" } };
const schema = JSON.parse(baselineSchemaPage.render()) as JsonSchema;

/** A copy with the value at a path replaced, or taken away. */
function changed(at: readonly (string | number)[], value: unknown): unknown {
  const copy = structuredClone(example) as unknown;
  let holder = copy as Record<string | number, unknown>;
  for (const key of at.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>;
  const last = at.at(-1)!;
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

function problemsOf(json: unknown): readonly string[] {
  const reading = readBaseline(json);
  return reading.kind === "baseline" ? [] : reading.problems.map(({ path: at, problem }) => `${at}: ${problem}`);
}

describe("a baseline's file", () => {
  it("gives back what was written", () => {
    expect(readBaseline(writeBaseline(example))).toEqual({ kind: "baseline", baseline: example });
  });

  it("is the same text whatever the order of the fields in memory", () => {
    const shuffled = Object.fromEntries(Object.entries(example).reverse()) as unknown as Baseline;
    const features = example.features.map((feature) => Object.fromEntries(Object.entries(feature).reverse()));
    expect(writeBaseline({ ...shuffled, features } as unknown as Baseline)).toBe(writeBaseline(example));
    expect(
      writeBaseline(example)
        .split("\n")
        .filter((line) => line.startsWith('    {"name"')),
    ).toHaveLength(2);
  });

  it.each<[string, unknown, string]>([
    ["no JSON", "{", "$: not valid JSON"],
    ["a list", [], "$: expected an object, found a list"],
    ["nothing", undefined, "$: expected an object, found undefined"],
    ["another format", changed(["format"], "evidently"), '$.format: expected "outrider-baseline", found "evidently"'],
    [
      "a later version",
      changed(["version"], 2),
      "$.version: made by a newer Outrider: the file has format version 2, this Outrider reads version 1",
    ],
    ["an impossible version", changed(["version"], 0), "$.version: expected 1, found 0"],
    ["no time", changed(["createdAt"], undefined), "$.createdAt: missing"],
    ["a local time", changed(["createdAt"], "2026-01-02 03:04"), "$.createdAt: does not match"],
    ["another digest", changed(["source", "digest"], "md5:00"), "$.source.digest: does not match"],
    ["a field too much", changed(["extra"], 1), '$: unknown field "extra"'],
    [
      "a kind that is none",
      changed(["features", 0, "kind"], "ordinal"),
      '$.features[0]: expected an object whose "kind"',
    ],
    ["too few edges", changed(["features", 0, "edges"], [1]), "$.features[0].edges: a bin needs two edges"],
    [
      "edges that do not ascend",
      changed(["features", 0, "edges"], [1, 2, 2, 3]),
      "$.features[0].edges[2]: expected more than 2, found 2",
    ],
    [
      "counts that do not fit",
      changed(["features", 0, "counts"], [1]),
      "$.features[0].counts: expected 3 items, found 1",
    ],
    [
      "a negative count",
      changed(["features", 0, "counts", 1], -1),
      "$.features[0].counts[1]: expected at least 0, found -1",
    ],
    [
      "a count that is infinite",
      JSON.stringify(example).replace('"missing":1', '"missing":1e999'),
      "$.features[0].missing: expected a finite number",
    ],
    [
      "quartiles that descend",
      changed(["features", 0, "quartiles"], [3, 2, 1]),
      "$.features[0].quartiles[1]: expected more than 3",
    ],
    [
      "a note that is none",
      changed(["features", 0, "note"], "odd"),
      "$.features[0].note: expected one of constant, all_missing",
    ],
    ["a value twice", changed(["features", 1, "values"], ["a", "a", "b"]), '$.features[1].values: "a" appears twice'],
    [
      "a value that is rare too",
      changed(["features", 1, "rareValues"], ["Rom"]),
      '$.features[1].values: "Rom" appears twice',
    ],
    [
      "a long value",
      changed(["features", 1, "values", 0], "x".repeat(257)),
      "$.features[1].values[0]: longer than 256",
    ],
    [
      "too many values",
      changed(["features", 1, "values"], Array.from({ length: 51 }, String)),
      "$.features[1].values: expected at most 50",
    ],
    ["a feature twice", changed(["features", 1], example.features[0]), '$.features: "age" appears twice'],
    ["words for confidence", changed(["confidence"], example.prediction), '$.confidence.kind: expected "numeric"'],
    ["an accuracy above 1", changed(["quality", "accuracy"], 1.5), "$.quality.accuracy: expected at most 1"],
    ["a map that descends", changed(["quality", "calibration", "y"], [1, 0.5, 0, 0, 0]), "$.quality.calibration.y"],
  ])("is refused for %s", (_, json, problem) => {
    expect(problemsOf(json).join("\n")).toContain(problem);
  });

  it("is refused quickly and briefly when somebody means ill", () => {
    const names = (count: number): object[] => Array.from({ length: count }, () => ({}));
    expect(problemsOf(changed(["features"], names(1_000_000)))).toEqual([
      "$.features: expected at most 10000 items, found 1000000",
    ]);
    expect(problemsOf(changed(["features"], names(10_000)))).toHaveLength(20);
    expect(problemsOf(`{"__proto__":{"format":1},${JSON.stringify(example).slice(1)}`)).toEqual([
      '$: unknown field "__proto__"',
    ]);
    expect(problemsOf("[".repeat(100_000))).toHaveLength(1);
    expect(problemsOf(changed(["model", "name"], "\ud800".repeat(300)))).toHaveLength(1);
  });

  it("may hold columns with any name", () => {
    const renamed = example.features.map((feature, index) => ({
      ...feature,
      name: index === 0 ? "__proto__" : "constructor",
    }));
    const hostile = { ...example, features: renamed };
    expect(readBaseline(writeBaseline(hostile))).toEqual({ kind: "baseline", baseline: hostile });
  });

  it("never makes reading throw", () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.anything(), fc.string()), (json) => {
        expect(readBaseline(json).kind).toBe("problems");
      }),
    );
  });
});

describe("baseline.schema.json", () => {
  it("is the committed page", async () => {
    const committed = await readFile(
      path.resolve(import.meta.dirname, "../../../docs/reference/baseline.schema.json"),
      "utf8",
    );
    expect(committed).toBe(baselineSchemaPage.render());
  });

  it("takes what the builder makes", () => {
    expect(obeys(example, schema)).toBe(true);
    expect(obeys({ ...example, extra: 1 }, schema)).toBe(false);
  });

  it("agrees with the reader on changed baselines, but for lengths and orders", () => {
    const places = placesIn(example);
    const value = fc.oneof(
      fc.constantFrom<unknown>(
        undefined,
        null,
        -1,
        0,
        2,
        1e300,
        "",
        "x".repeat(400),
        [],
        {},
        true,
        [1, 2],
        "numeric",
        "categorical",
      ),
      fc.jsonValue(),
    );
    let refused = 0;
    fc.assert(
      fc.property(fc.constantFrom(...places), value, (at, replacement) => {
        const json: unknown = JSON.parse(JSON.stringify(changed(at, replacement)));
        const problems = problemsOf(json);
        if (obeys(json, schema)) {
          expect(problems.filter((problem) => !/ items, found |more than|twice|two edges/.test(problem))).toEqual([]);
        } else {
          refused++;
          expect(problems.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(500);
  });
});

/** The paths of all members and items of a value. */
function placesIn(value: unknown, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => {
    const place = [...at, key];
    return [place, ...placesIn((value as Record<string | number, unknown>)[key], place)];
  });
}
