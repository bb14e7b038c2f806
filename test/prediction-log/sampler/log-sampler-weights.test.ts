import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PredictionLogCounters } from "../../../src/prediction-log/prediction-log-counters.ts";
import { identityFraction } from "../../../src/prediction-log/sampler/identity-fraction.ts";
import type {
  SamplingDecision,
  LogSamplerOptions,
  SamplingSubject,
} from "../../../src/prediction-log/sampler/log-sampler.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";
import { aSubject, aSampler, options, subjects, sumOf } from "./a-sampler.ts";

interface Traffic {
  /** Exchanges in each second. */
  readonly perSecond: readonly number[];
  readonly subjectOf: (random: () => number) => Omit<SamplingSubject, "requestId">;
}

const outcomesOf: Traffic["subjectOf"] = (random) => {
  const chance = random();
  const outcome = chance < 0.6 ? "ok" : chance < 0.9 ? "upstream_error" : chance < 0.95 ? "timeout" : "client_error";
  return { outcome, variant: random() < 0.2 ? "canary" : "stable", durationMs: random() < 0.1 ? 900 : 20 };
};

const traffics: Readonly<Record<string, Traffic>> = {
  "steady traffic": { perSecond: Array.from({ length: 8 }, () => 400), subjectOf: outcomesOf },
  "a burst": { perSecond: [50, 50, 2000, 2000, 50, 50], subjectOf: outcomesOf },
  "traffic that grows": { perSecond: [5, 20, 80, 320, 1280], subjectOf: outcomesOf },
};

interface Run {
  readonly offered: Readonly<Record<string, number>>;
  readonly estimated: Readonly<Record<string, number>>;
  readonly bytes: readonly number[];
  readonly counters: PredictionLogCounters;
}

/** Sends traffic through a plan; records are made, and their bytes spent, 20 exchanges after they were decided on. */
function run({ perSecond, subjectOf }: Traffic, over: Partial<LogSamplerOptions>, seed: number): Run {
  const { sampler, counters } = aSampler(over);
  const random = seededRandom(seed);
  const offered: Record<string, number> = {};
  const estimated: Record<string, number> = {};
  const waiting: { readonly decision: SamplingDecision; readonly dueAt: number }[] = [];
  let number = 0;
  const bytes = perSecond.map((count, second) => {
    let spent = 0;
    for (let index = 0; index < count; index++) {
      const nowMs = second * 1000 + (index * 1000) / count;
      const subject = subjectOf(random);
      const decision = sampler.decide({ ...subject, requestId: `${seed}-${number++}` }, nowMs);
      add(offered, subject.outcome, 1);
      if (decision !== undefined) {
        add(estimated, subject.outcome, 1 / decision.probability);
        waiting.push({ decision, dueAt: number + 20 });
      }
      while ((waiting[0]?.dueAt ?? Number.POSITIVE_INFINITY) <= number) {
        const size = 500 + Math.floor(random() * 2000);
        spent += size;
        sampler.spend(size, (waiting.shift() as (typeof waiting)[number]).decision, nowMs);
      }
    }
    return spent;
  });
  return { offered, estimated, bytes, counters };
}

const add = (sums: Record<string, number>, key: string, value: number): void => {
  sums[key] = (sums[key] ?? 0) + value;
};

describe("a count weighted by probability", () => {
  const budgets: Readonly<Record<string, Partial<LogSamplerOptions>>> = {
    "with bytes enough": { bytesPerSecond: 1e9 },
    "within a budget of bytes": { bytesPerSecond: 20_000 },
    "with a larger sample of one variant": {
      bytesPerSecond: 50_000,
      rules: [{ outcome: "ok", variant: "canary", ratio: 0.3 }],
    },
    "without a sample": { sample: 0, always: ["error", "timeout", "slow", "canary"], bytesPerSecond: 20_000 },
  };
  const cases = Object.entries(traffics).flatMap(([traffic, given]) =>
    Object.entries(budgets).map(([budget, over]) => [traffic, budget, given, over] as const),
  );

  it.each(cases)("estimates the number of each outcome, in %s %s", (_, __, traffic, over) => {
    const runs = Array.from({ length: 250 }, (_, seed) => run(traffic, over, seed));
    // Without a sample, mistakes of clients on the other variants are never kept: nothing can count those.
    const counted =
      over.sample === 0 ? ["upstream_error", "timeout"] : ["ok", "upstream_error", "timeout", "client_error"];
    for (const outcome of counted) {
      const errors = runs.map(({ offered, estimated }) => (estimated[outcome] ?? 0) - (offered[outcome] ?? 0));
      const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
      const variance = errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / (errors.length - 1);
      const sigma = Math.sqrt(variance / errors.length);
      const truth = runs.reduce((sum, { offered }) => sum + (offered[outcome] ?? 0), 0) / runs.length;
      expect(sigma / truth, outcome).toBeLessThan(0.1);
      expect(Math.abs(mean), outcome).toBeLessThanOrEqual(5 * sigma);
    }
  });
});

describe("the byte budget", () => {
  it("is met once the load is known, and exceeded by at most itself and the pending records", () => {
    const traffic = { perSecond: Array.from({ length: 60 }, () => 1000), subjectOf: outcomesOf };
    const { bytes } = run(traffic, { sample: 0.5, bytesPerSecond: 50_000 }, 1);
    expect(Math.max(...bytes)).toBeLessThan(2 * 50_000 + 30 * 2500);
    const mean = bytes.slice(1).reduce((sum, one) => sum + one, 0) / (bytes.length - 1);
    expect(mean).toBeGreaterThan(0.7 * 50_000);
    expect(mean).toBeLessThan(1.3 * 50_000);
  });

  it("leaves the lowest fractions of the sample: replicas that are equally short log the same", () => {
    const { sampler } = aSampler({ sample: 0.5, always: [], bytesPerSecond: 2000 });
    const factors = new Set<number>();
    for (let index = 0; index < 2000; index++) {
      const fraction = identityFraction(String(index));
      const decision = sampler.decide(aSubject({ requestId: String(index) }), index);
      if (decision === undefined) continue;
      expect(fraction).toBeLessThan(0.5 * decision.byteFactor);
      factors.add(decision.byteFactor);
      sampler.spend(700, decision, index);
    }
    expect(factors.size).toBeGreaterThan(3);
  });
});

describe("counters of the plan", () => {
  it("add up: offered = kept + skipped, for any traffic", () => {
    fc.assert(
      fc.property(options, fc.array(fc.tuple(subjects, fc.integer({ min: 0, max: 700 }))), (given, sent) => {
        const { sampler, counters } = aSampler(given);
        let nowMs = 0;
        let kept = 0;
        for (const [subject, pauseMs] of sent) {
          nowMs += pauseMs;
          const decision = sampler.decide(subject, nowMs);
          expect(counters.offeredTotal).toBe(sumOf(counters.kept) + sumOf(counters.skipped));
          if (decision === undefined) continue;
          kept++;
          expect(decision.probability).toBeGreaterThan(0);
          expect(decision.probability).toBeLessThanOrEqual(1);
          sampler.spend(1500, decision, nowMs);
        }
        expect([counters.offeredTotal, sumOf(counters.kept)]).toEqual([sent.length, kept]);
      }),
    );
  });

  it("add up under load with every reason to skip", () => {
    const { counters } = run(traffics["a burst"] as Traffic, { bytesPerSecond: 20_000 }, 7);
    expect(counters.offeredTotal).toBe(4200);
    expect(sumOf(counters.kept) + sumOf(counters.skipped)).toBe(4200);
    expect(Math.min(...Object.values(counters.skipped))).toBeGreaterThan(0);
    expect(counters.kept.sample).toBeGreaterThan(0);
  });
});
