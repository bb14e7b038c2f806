import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adaptIntervalMs, adaptRatio, minRatio, CaptureSampler } from "../../src/capture/capture-sampler.ts";

const plan = { ratio: 1, cpuRatio: 0.2 };
const aPlan = fc.record({
  ratio: fc.double({ min: 0.001, max: 1, noNaN: true }),
  cpuRatio: fc.double({ min: 0.01, max: 1, noNaN: true }),
});

/** The ratios that follow when reading everything would take `fullCost` of a core, from `ratio` on. */
function follow(start: number, fullCost: number, steps: number, of = plan): readonly number[] {
  let ratio = start;
  return Array.from({ length: steps }, () => (ratio = adaptRatio(ratio, fullCost * ratio, adaptIntervalMs, of)));
}

describe("adapting the ratio", () => {
  it("samples everything while that is within the budget", () => {
    for (const cost of [0, 0.05, 0.14, 0.2]) expect(new Set(follow(1, cost, 10))).toEqual(new Set([1]));
  });

  it("reaches the budget in one step and stays there", () => {
    expect(follow(1, 2, 4).map((ratio) => ratio * 2)).toEqual([0.18, 0.18, 0.18, 0.18]);
    expect(follow(1, 0.21, 1)[0]).toBeCloseTo(0.18 / 0.21);
  });

  it("recovers step by step when traffic becomes cheap", () => {
    const ratios = follow(0.1, 0.01, 20);
    expect(ratios.slice(0, 3).map((ratio) => ratio.toFixed(3))).toEqual(["0.125", "0.156", "0.195"]);
    expect(ratios.at(-1)).toBe(1);
  });

  it("makes as many steps after a long pause as the pause had intervals", () => {
    expect(adaptRatio(0.1, 0.001, 4 * adaptIntervalMs, plan)).toBeCloseTo(0.1 * 1.25 ** 4);
    expect(adaptRatio(0.1, 0, 3_600_000, plan)).toBe(1);
    expect(adaptRatio(0, 0, 3_600_000, { ...plan, ratio: 0 })).toBe(0);
  });

  it("stays between the floor and the configured ratio, for any input", () => {
    fc.assert(
      fc.property(
        aPlan,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.double({ min: 1, max: 1e7, noNaN: true }),
        (of, ratio, used, elapsedMs) => {
          const next = adaptRatio(ratio, used, elapsedMs, of);
          expect(next).toBeLessThanOrEqual(of.ratio);
          expect(next).toBeGreaterThanOrEqual(Math.min(of.ratio, minRatio));
        },
      ),
    );
  });

  it("settles within 21 steps of steady traffic, within the budget unless the floor forbids it", () => {
    fc.assert(
      fc.property(
        aPlan,
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 10_000 })),
        (of, start, percentOfBudget) => {
          const fullCost = (of.cpuRatio * percentOfBudget) / 100;
          const ratios = follow(Math.min(start, of.ratio), fullCost, 23, of);
          const last = ratios.at(-1) ?? 0;
          expect(ratios.at(-2)).toBe(last);
          if (last > Math.min(of.ratio, minRatio)) expect(last * fullCost).toBeLessThanOrEqual(of.cpuRatio * 1.000_001);
          if (last < of.ratio) expect(last * fullCost).toBeGreaterThanOrEqual(of.cpuRatio * 0.7 * 0.999_999);
        },
      ),
    );
  });

  it("never exceeds the budget on the way up", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 20, noNaN: true }), (fullCost) => {
        for (const ratio of follow(minRatio, fullCost, 30)) {
          if (ratio > minRatio) expect(ratio * fullCost).toBeLessThanOrEqual(plan.cpuRatio * 1.000_001);
        }
      }),
    );
  });
});

describe("the sampler", () => {
  it("takes the configured part, and the same exchanges in every run", () => {
    const taken = (): readonly boolean[] => {
      const sampler = new CaptureSampler({ ...plan, ratio: 0.3 }, 0);
      return Array.from({ length: 10_000 }, () => sampler.sampleNext());
    };
    expect(taken().filter(Boolean).length / 10_000).toBeCloseTo(0.3, 1);
    expect(taken()).toEqual(taken());
  });

  it("samples both of two models that get requests in turn", () => {
    const sampler = new CaptureSampler({ ...plan, ratio: 0.5 }, 0);
    const taken = [0, 0];
    for (let i = 0; i < 10_000; i++) if (sampler.sampleNext()) taken[i % 2] = (taken[i % 2] ?? 0) + 1;
    for (const count of taken) expect(Math.abs(count - 2500)).toBeLessThan(150);
  });

  it("adapts twice a second, not more often", () => {
    const sampler = new CaptureSampler(plan, 1000);
    sampler.recordBusy(400, 1000 + adaptIntervalMs - 1);
    expect(sampler.ratio).toBe(1);
    sampler.recordBusy(0, 1000 + adaptIntervalMs);
    expect(sampler.ratio).toBeCloseTo(0.9 * (0.2 / 0.8));
    sampler.recordBusy(0, 1000 + 2 * adaptIntervalMs);
    expect(sampler.ratio, "what was spent before counts once").toBeGreaterThan(0.225);
  });
});
