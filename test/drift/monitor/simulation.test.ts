import { describe, expect, it } from "vitest";

import type { Baseline } from "../../../src/drift/baseline/baseline.ts";
import { DriftEngine } from "../../../src/drift/monitor/drift-engine.ts";
import { worseState, type DriftState } from "../../../src/drift/verdict/history.ts";
import { defaultThresholds } from "../../../src/drift/verdict/verdict.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";
import { baselineOf, CellSampler, normalCells, normalFeature, windowOf } from "../support/some-baselines.ts";

describe("the rule, by simulation", () => {
  const features = 100;
  const draw = (seed: number): { readonly baseline: Baseline; readonly random: () => number } => {
    const random = seededRandom(seed);
    return {
      random,
      baseline: baselineOf(Array.from({ length: features }, (_, index) => normalFeature(`f${index}`, 5000, random))),
    };
  };
  const engineOf = (baseline: Baseline): DriftEngine =>
    new DriftEngine({ baseline, windowMs: 1, thresholds: defaultThresholds, maxFeatures: features });
  const decide = (engine: DriftEngine, windowIndex: number, cells: readonly Float64Array[], requests: number): void => {
    engine.decide({ windowMs: 1, windowIndex, counts: windowOf(engine.layout, cells, requests) });
    while (engine.step());
  };

  it("raises at most one alarm in 30 days of quarters of an hour without drift (seed 20261)", () => {
    const { baseline, random } = draw(20_261);
    const engine = engineOf(baseline);
    const samplers = baseline.features.map((feature) =>
      feature.kind === "numeric" ? new CellSampler(normalCells(feature, 0)) : new CellSampler([1]),
    );
    let alarms = 0;
    let last: DriftState = "ok";
    for (let window = 0; window < 30 * 96; window++) {
      const requests = 1000 + Math.floor(random() * 200);
      decide(
        engine,
        window,
        samplers.map((sampler) => sampler.draw(requests, random)),
        requests,
      );
      const state = baseline.features.reduce<DriftState>(
        (worst, _, target) => worseState(worst, engine.history.stateOf(target)),
        "not_ready",
      );
      if (state !== last && state !== "ok") alarms++;
      last = state;
    }
    expect(last).not.toBe("not_ready");
    expect(alarms).toBeLessThanOrEqual(1);
  }, 120_000);

  it("finds a shift of 0.4σ in 5 of 100 features with 600 requests in at least 99 % (seed 4711)", () => {
    const shifted = 5;
    const trials = 40;
    let found = 0;
    let wrong = 0;
    for (let trial = 0; trial < trials; trial++) {
      const { baseline, random } = draw(4711 + trial);
      const engine = engineOf(baseline);
      const samplers = baseline.features.map((feature, index) =>
        feature.kind === "numeric"
          ? new CellSampler(normalCells(feature, index < shifted ? 0.4 : 0))
          : new CellSampler([1]),
      );
      for (let window = 0; window < 3; window++) {
        decide(
          engine,
          window,
          samplers.map((sampler) => sampler.draw(600, random)),
          600,
        );
      }
      baseline.features.forEach((_, target) => {
        const isOdd = engine.history.stateOf(target) !== "ok";
        if (target < shifted && isOdd) found++;
        if (target >= shifted && isOdd) wrong++;
      });
    }
    expect(found / (trials * shifted)).toBeGreaterThanOrEqual(0.99);
    expect(wrong).toBe(0);
  }, 60_000);
});
