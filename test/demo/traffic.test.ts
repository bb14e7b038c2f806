import { describe, expect, it } from "vitest";

import { readLabelledRows } from "../../demo/labelled-rows.ts";
import { readModelFile } from "../../demo/model-server/classifier.ts";
import { answer } from "../../demo/model-server/model-server.ts";
import { shapeNames } from "../../demo/model-server/serving-shape.ts";
import type { ShapeName } from "../../demo/model-server/serving-shape.ts";
import { seededRandom } from "../../demo/seeded-random.ts";
import { createTraffic, kindWeights, maxBatch } from "../../demo/traffic.ts";
import type { PlannedRequest } from "../../demo/traffic.ts";

const rows = readLabelledRows();
const model = readModelFile();

const plan = (protocol: ShapeName, seed: number, count: number): PlannedRequest[] =>
  Array.from({ length: count }, createTraffic(rows, protocol, seededRandom(seed)));

const withoutFunctions = (requests: readonly PlannedRequest[]): unknown => JSON.parse(JSON.stringify(requests));

describe("the traffic of the demonstration", () => {
  it.each(shapeNames)("in %s is the same for the same seed and other for another", (protocol) => {
    const first = withoutFunctions(plan(protocol, 11, 200));
    expect(withoutFunctions(plan(protocol, 11, 200))).toEqual(first);
    expect(withoutFunctions(plan(protocol, 12, 200))).not.toEqual(first);
  });

  it.each(shapeNames)("in %s gets predictions for good requests and refusals for bad ones", (protocol) => {
    for (const planned of plan(protocol, 21, 400)) {
      const found = answer(planned, model, protocol);
      if (planned.rowIndexes.length > 0) {
        expect(found.status).toBe(200);
        expect(planned.readClasses(found.body)).toHaveLength(planned.rowIndexes.length);
      } else if (planned.kind === "abandoned") {
        expect(found.status).toBe(200);
      } else {
        expect(found.status).toBeGreaterThanOrEqual(400);
      }
    }
  });

  it("mixes the kinds by their weights, in batches of 2 to the largest", () => {
    const planned = plan("mlflow", 31, 10_000);
    for (const [kind, weight] of kindWeights) {
      const share = planned.filter((request) => request.kind === kind).length / planned.length;
      expect(Math.abs(share - weight / 1_000)).toBeLessThan(0.02);
      expect(share).toBeGreaterThan(0);
    }
    const sizes = planned.filter(({ kind }) => kind === "batch").map(({ rowIndexes }) => rowIndexes.length);
    expect(Math.min(...sizes)).toBe(2);
    expect(Math.max(...sizes)).toBe(maxBatch);
  });

  it("draws every row in time, some more than once", () => {
    const drawn = plan("mlflow", 41, 4_000).flatMap(({ rowIndexes }) => rowIndexes);
    expect(new Set(drawn).size).toBe(rows.rows.length);
    expect(drawn.length).toBeGreaterThan(rows.rows.length);
  });
});
