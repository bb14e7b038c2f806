/** Builders for tests of which exchanges are logged. */
import * as fc from "fast-check";
import { PredictionLogCounters } from "../../../src/prediction-log/prediction-log-counters.ts";
import { outcomes } from "../../../src/outcome.ts";
import {
  alwaysKept,
  KeepPlan,
  type KeepPlanOptions,
  type KeepSubject,
} from "../../../src/prediction-log/sampler/log-sampler.ts";

const someOptions: KeepPlanOptions = {
  sample: 0.1,
  rules: [],
  always: alwaysKept,
  alwaysPerSecond: 10,
  slowMs: 500,
  canaryVariants: ["canary"],
  bytesPerSecond: 1_000_000,
};

/** A plan and what it counts. */
export interface Planned {
  readonly plan: KeepPlan;
  readonly counters: PredictionLogCounters;
}

/** A tenth of all, and ten a second of each kind; `over` replaces options. */
export function aPlan(over: Partial<KeepPlanOptions> = {}): Planned {
  const counters = new PredictionLogCounters();
  return { plan: new KeepPlan({ ...someOptions, ...over }, counters), counters };
}

/** A good exchange that belongs to no kind; `over` replaces fields. */
export const anEnded = (over: Partial<KeepSubject> = {}): KeepSubject => ({
  outcome: "ok",
  variant: "stable",
  durationMs: 12,
  requestId: "3f1c9a52",
  ...over,
});

/** Of all keys. */
export const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Any exchange. */
export const subjects: fc.Arbitrary<KeepSubject> = fc.record({
  outcome: fc.constantFrom(...outcomes),
  variant: fc.constantFrom("stable", "canary", ""),
  durationMs: fc.constantFrom(1, 500, 501),
  requestId: fc.string({ minLength: 1 }),
});

/** Any part, 0 and 1 often. */
export const ratios: fc.Arbitrary<number> = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));

/** Any options. */
export const options: fc.Arbitrary<KeepPlanOptions> = fc.record({
  sample: ratios,
  rules: fc.array(
    fc.record({
      outcome: fc.constantFrom(undefined, ...outcomes),
      variant: fc.constantFrom(undefined, "stable", "canary"),
      ratio: ratios,
    }),
    { maxLength: 3 },
  ),
  always: fc.subarray([...alwaysKept]),
  alwaysPerSecond: fc.integer({ min: 1, max: 20 }),
  slowMs: fc.constantFrom(0, 500),
  canaryVariants: fc.constantFrom([], ["canary"]),
  bytesPerSecond: fc.constantFrom(1024, 20_000, 1e9),
});
