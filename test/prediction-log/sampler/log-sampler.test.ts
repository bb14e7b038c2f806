import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Outcome } from "../../../src/outcome.ts";
import { identityFraction } from "../../../src/prediction-log/sampler/identity-fraction.ts";
import {
  alwaysLogged,
  type LogSamplerOptions,
  type SamplingSubject,
} from "../../../src/prediction-log/sampler/log-sampler.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";
import { aSubject, aSampler, options, ratios, subjects } from "./a-sampler.ts";

const idBelow = (least: number, most: number): string => {
  for (let index = 0; ; index++) {
    const fraction = identityFraction(String(index));
    if (fraction >= least && fraction < most) return String(index);
  }
};

describe("the choice of exchanges", () => {
  it.each<[string, Partial<SamplingSubject>]>([
    ["error", { outcome: "upstream_error" }],
    ["error", { outcome: "upstream_reset" }],
    ["timeout", { outcome: "timeout" }],
    ["slow", { durationMs: 500.1 }],
    ["canary", { variant: "canary" }],
    ["canary", { variant: "canary", outcome: "client_error" }],
  ])("logs %s whatever the sample is: %o", (reason, over) => {
    const { sampler, counters } = aSampler({ sample: 0 });
    expect(sampler.decide(aSubject(over), 0)).toEqual({ reason, probability: 1, byteFactor: 1 });
    expect(counters.kept).toMatchObject({ [reason]: 1 });
    const without = aSampler({ sample: 0, always: alwaysLogged.filter((kind) => kind !== reason) });
    expect(without.sampler.decide(aSubject(over), 0)).toBeUndefined();
    expect(without.counters.skipped.not_sampled).toBe(1);
  });

  it.each<[string, Partial<SamplingSubject>, Partial<LogSamplerOptions>]>([
    ["an answer of exactly the objective", { durationMs: 500 }, {}],
    ["a slow answer without an objective", { durationMs: 1e6 }, { slowMs: 0 }],
    ["a slow mistake of the client", { outcome: "client_error", durationMs: 1e6 }, {}],
    ["another variant", { variant: "canary-2" }, {}],
    ["an abort", { outcome: "client_abort" }, {}],
    ["a shed request", { outcome: "shed", variant: "" }, {}],
  ])("does not count %s among the kinds", (_, over, options) => {
    const { sampler } = aSampler({ sample: 0, ...options });
    expect(sampler.decide(aSubject(over), 0)).toBeUndefined();
  });

  it("chooses exchanges without an identity one by one", () => {
    const { sampler } = aSampler({ sample: 0.5 });
    const kept = Array.from({ length: 1000 }, () => sampler.decide(aSubject({ requestId: "" }), 0)).filter(
      Boolean,
    ).length;
    expect(kept).toBeGreaterThan(400);
    expect(kept).toBeLessThan(600);
  });

  it("follows the first rule that matches, and the sample where none does", () => {
    const { sampler } = aSampler({
      sample: 0,
      rules: [
        { outcome: "ok", variant: "b", ratio: 0 },
        { outcome: "ok", variant: undefined, ratio: 1 },
        { outcome: undefined, variant: "b", ratio: 1 },
      ],
    });
    const isKept = (outcome: Outcome, variant: string): boolean =>
      sampler.decide(aSubject({ outcome, variant }), 0) !== undefined;
    expect([isKept("ok", "b"), isKept("ok", "a"), isKept("shed", "b"), isKept("shed", "a")]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it("follows the identity: logs exactly when its fraction is below the sample", () => {
    fc.assert(
      fc.property(fc.uuid(), ratios, (requestId, sample) => {
        const { sampler } = aSampler({ sample });
        const decision = sampler.decide(aSubject({ requestId }), 0);
        expect(decision !== undefined).toBe(identityFraction(requestId) < sample);
        if (decision !== undefined) expect(decision).toEqual({ reason: "sample", probability: sample, byteFactor: 1 });
      }),
    );
  });

  it("is the same on every replica while no rate limits it", () => {
    fc.assert(
      fc.property(options, fc.array(subjects), fc.nat(), (given, sent, seed) => {
        const generous = { ...given, alwaysPerSecond: 1000, bytesPerSecond: 1e9 };
        const [one, other] = [aSampler(generous), aSampler(generous)];
        const random = seededRandom(seed);
        const shuffled = sent.map((subject) => ({ subject, at: random() })).toSorted((a, b) => a.at - b.at);
        const decisions = new Map(
          shuffled.map(({ subject }, index) => [subject, other.sampler.decide(subject, index)]),
        );
        for (const subject of sent) expect(one.sampler.decide(subject, 0)).toEqual(decisions.get(subject));
      }),
    );
  });

  it("logs the whole sample however many of a kind came before, while bytes suffice", () => {
    const kind = fc.constantFrom<Partial<SamplingSubject>>({ outcome: "timeout" }, { variant: "canary" });
    const requestIds = fc.array(fc.string({ minLength: 1 }), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 1, noNaN: true }), kind, requestIds, (sample, over, ids) => {
        const { sampler } = aSampler({ sample, alwaysPerSecond: 1, bytesPerSecond: 1e9 });
        for (const requestId of ids) {
          const decision = sampler.decide(aSubject({ ...over, requestId }), 0);
          const isSampled = identityFraction(requestId) < sample;
          expect(decision?.reason === "sample").toBe(isSampled);
          if (isSampled) expect(decision?.probability).toBeGreaterThanOrEqual(sample);
        }
      }),
    );
  });
});

describe("the reason", () => {
  const sampled = idBelow(0, 0.1);
  const unsampled = idBelow(0.1, 0.5);
  const far = idBelow(0.9, 1);

  it("is the sample for exchanges that the sample alone would have chosen, with the larger probability", () => {
    const { sampler } = aSampler();
    expect(sampler.decide(aSubject({ outcome: "timeout", requestId: sampled }), 0)).toMatchObject({
      reason: "sample",
      probability: 1,
    });
    expect(sampler.decide(aSubject({ outcome: "timeout", requestId: unsampled }), 0)).toMatchObject({
      reason: "timeout",
    });
  });

  it("is the kind with the larger probability where there are two", () => {
    const { sampler } = aSampler({ sample: 0, alwaysPerSecond: 1 });
    const both = { outcome: "upstream_error", variant: "canary", requestId: unsampled } as const;
    expect(sampler.decide(aSubject({ outcome: "upstream_error" }), 0)).toMatchObject({
      reason: "error",
      probability: 1,
    });
    expect(sampler.decide(aSubject(both), 0)).toMatchObject({ reason: "canary", probability: 1 });
    const low = { requestId: idBelow(0, 0.25) };
    expect(sampler.decide(aSubject({ ...both, ...low }), 0)).toMatchObject({ reason: "error", probability: 0.5 });
    sampler.decide(aSubject({ variant: "canary", ...low }), 0);
    expect(sampler.decide(aSubject({ ...both, ...low }), 0)).toMatchObject({ reason: "error", probability: 0.25 });
  });

  it("for skipping is the rate of the kind, the sample, or the byte budget", () => {
    const { sampler, counters } = aSampler({ alwaysPerSecond: 1, bytesPerSecond: 1024 });
    const decision = sampler.decide(aSubject({ outcome: "timeout", requestId: far }), 0);
    expect(sampler.decide(aSubject({ outcome: "timeout", requestId: far }), 0)).toBeUndefined();
    expect(counters.skipped).toEqual({ not_sampled: 0, thinned: 1, byte_budget: 0 });
    expect(sampler.decide(aSubject({ requestId: far }), 0)).toBeUndefined();
    expect(counters.skipped).toEqual({ not_sampled: 1, thinned: 1, byte_budget: 0 });
    if (decision === undefined) throw new Error("the first of a kind is kept");
    sampler.spend(5000, decision, 0);
    expect(sampler.decide(aSubject({ requestId: idBelow(0.06, 0.1) }), 0)).toBeUndefined();
    expect(counters.skipped).toEqual({ not_sampled: 1, thinned: 1, byte_budget: 1 });
    expect(sampler.decide(aSubject({ requestId: idBelow(0, 0.05) }), 0)).toEqual({
      reason: "sample",
      probability: 0.05,
      byteFactor: 0.5,
    });
  });

  it("is the kind where the byte budget no longer lets the sample choose it", () => {
    const { sampler, counters } = aSampler({ sample: 0.1, bytesPerSecond: 1024 });
    sampler.spend(5000, { reason: "sample", probability: 0.1, byteFactor: 1 }, 0);
    const timeout = { outcome: "timeout", requestId: idBelow(0.06, 0.1) } as const;
    expect(sampler.decide(aSubject(timeout), 0)).toEqual({ reason: "timeout", probability: 0.5, byteFactor: 0.5 });
    expect(sampler.decide(aSubject({ outcome: "timeout", requestId: far }), 0)).toBeUndefined();
    expect(counters.skipped).toEqual({ not_sampled: 0, thinned: 0, byte_budget: 1 });
  });

  it("counts sampled exchanges of a kind against its rate", () => {
    const { sampler } = aSampler({ sample: 0.1, alwaysPerSecond: 1 });
    sampler.decide(aSubject({ outcome: "timeout", requestId: sampled }), 0);
    expect(sampler.decide(aSubject({ outcome: "timeout", requestId: unsampled }), 0)).toMatchObject({
      probability: 0.5,
    });
  });
});

describe("the identity", () => {
  /** How often it is read for one decision. */
  function readings(
    over: Partial<LogSamplerOptions>,
    subject: Partial<Omit<SamplingSubject, "requestId">> = {},
  ): number {
    let reads = 0;
    const exchange: SamplingSubject = {
      ...aSubject(subject),
      get requestId() {
        reads++;
        return "3f1c9a52";
      },
    };
    aSampler(over).sampler.decide(exchange, 0);
    return reads;
  }

  it("is read once, and not at all where the decision does not depend on it", () => {
    expect(readings({ sample: 0.01 })).toBe(1);
    expect(readings({ sample: 0.01 }, { outcome: "timeout" })).toBe(1);
    expect(readings({ sample: 0 })).toBe(0);
    expect(readings({ sample: 1 })).toBe(0);
    expect(readings({ sample: 0 }, { outcome: "timeout" })).toBe(0);
  });
});
