/** Builders for tests of which exchanges are logged. */
import * as fc from "fast-check";
import { PredictionLogCounters } from "../../../src/prediction-log/prediction-log-counters.ts";
import { outcomes } from "../../../src/outcome.ts";
import {
  alwaysLogged,
  LogSampler,
  type LogSamplerOptions,
  type SamplingSubject,
} from "../../../src/prediction-log/sampler/log-sampler.ts";

const someOptions: LogSamplerOptions = {
  sample: 0.1,
  rules: [],
  always: alwaysLogged,
  alwaysPerSecond: 10,
  slowMs: 500,
  canaryVariants: ["canary"],
  bytesPerSecond: 1_000_000,
};

/** A sampler and its counters. */
export interface SamplerInHand {
  readonly sampler: LogSampler;
  readonly counters: PredictionLogCounters;
}

/** Samples a tenth, and ten a second of each kind; `over` replaces options. */
export function aSampler(over: Partial<LogSamplerOptions> = {}): SamplerInHand {
  const counters = new PredictionLogCounters();
  return { sampler: new LogSampler({ ...someOptions, ...over }, counters), counters };
}

/** A successful exchange of no kind; `over` replaces fields. */
export const aSubject = (over: Partial<SamplingSubject> = {}): SamplingSubject => ({
  outcome: "ok",
  variant: "stable",
  durationMs: 12,
  requestId: "3f1c9a52",
  ...over,
});

/** Sum of all counts. */
export const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Any exchange. */
export const subjects: fc.Arbitrary<SamplingSubject> = fc.record({
  outcome: fc.constantFrom(...outcomes),
  variant: fc.constantFrom("stable", "canary", ""),
  durationMs: fc.constantFrom(1, 500, 501),
  requestId: fc.string({ minLength: 1 }),
});

/** Any ratio, 0 and 1 often. */
export const ratios: fc.Arbitrary<number> = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));

/** Any options. */
export const options: fc.Arbitrary<LogSamplerOptions> = fc.record({
  sample: ratios,
  rules: fc.array(
    fc.record({
      outcome: fc.constantFrom(undefined, ...outcomes),
      variant: fc.constantFrom(undefined, "stable", "canary"),
      ratio: ratios,
    }),
    { maxLength: 3 },
  ),
  always: fc.subarray([...alwaysLogged]),
  alwaysPerSecond: fc.integer({ min: 1, max: 20 }),
  slowMs: fc.constantFrom(0, 500),
  canaryVariants: fc.constantFrom([], ["canary"]),
  bytesPerSecond: fc.constantFrom(1024, 20_000, 1e9),
});
