import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Outcome } from "../../../src/outcome.ts";
import { identityFraction } from "../../../src/prediction-log/sampler/identity-fraction.ts";
import { alwaysKept, type KeepPlanOptions, type KeepSubject } from "../../../src/prediction-log/sampler/log-sampler.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";
import { anEnded, aPlan, options, ratios, subjects } from "./a-sampler.ts";

const idBelow = (least: number, most: number): string => {
  for (let index = 0; ; index++) {
    const fraction = identityFraction(String(index));
    if (fraction >= least && fraction < most) return String(index);
  }
};

describe("which exchanges are kept", () => {
  it.each<[string, Partial<KeepSubject>]>([
    ["error", { outcome: "upstream_error" }],
    ["error", { outcome: "upstream_reset" }],
    ["timeout", { outcome: "timeout" }],
    ["slow", { durationMs: 500.1 }],
    ["canary", { variant: "canary" }],
    ["canary", { variant: "canary", outcome: "client_error" }],
  ])("is told by %s, whatever the sample: %o", (reason, over) => {
    const { plan, counters } = aPlan({ sample: 0 });
    expect(plan.decide(anEnded(over), 0)).toEqual({ reason, probability: 1, byteFactor: 1 });
    expect(counters.kept).toMatchObject({ [reason]: 1 });
    const without = aPlan({ sample: 0, always: alwaysKept.filter((kind) => kind !== reason) });
    expect(without.plan.decide(anEnded(over), 0)).toBeUndefined();
    expect(without.counters.skipped.not_sampled).toBe(1);
  });

  it.each<[string, Partial<KeepSubject>, Partial<KeepPlanOptions>]>([
    ["an answer of exactly the objective", { durationMs: 500 }, {}],
    ["a slow answer without an objective", { durationMs: 1e6 }, { slowMs: 0 }],
    ["a slow mistake of the client", { outcome: "client_error", durationMs: 1e6 }, {}],
    ["another variant", { variant: "canary-2" }, {}],
    ["an abort", { outcome: "client_abort" }, {}],
    ["a shed request", { outcome: "shed", variant: "" }, {}],
  ])("does not count %s among the kinds", (_, over, options) => {
    const { plan } = aPlan({ sample: 0, ...options });
    expect(plan.decide(anEnded(over), 0)).toBeUndefined();
  });

  it("chooses what has no identity one by one", () => {
    const { plan } = aPlan({ sample: 0.5 });
    const kept = Array.from({ length: 1000 }, () => plan.decide(anEnded({ requestId: "" }), 0)).filter(Boolean).length;
    expect(kept).toBeGreaterThan(400);
    expect(kept).toBeLessThan(600);
  });

  it("goes by the first rule that fits, and by the sample where none does", () => {
    const { plan } = aPlan({
      sample: 0,
      rules: [
        { outcome: "ok", variant: "b", ratio: 0 },
        { outcome: "ok", variant: undefined, ratio: 1 },
        { outcome: undefined, variant: "b", ratio: 1 },
      ],
    });
    const isKept = (outcome: Outcome, variant: string): boolean =>
      plan.decide(anEnded({ outcome, variant }), 0) !== undefined;
    expect([isKept("ok", "b"), isKept("ok", "a"), isKept("shed", "b"), isKept("shed", "a")]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it("follows the identity: kept exactly when its fraction is below the sample", () => {
    fc.assert(
      fc.property(fc.uuid(), ratios, (requestId, sample) => {
        const { plan } = aPlan({ sample });
        const decision = plan.decide(anEnded({ requestId }), 0);
        expect(decision !== undefined).toBe(identityFraction(requestId) < sample);
        if (decision !== undefined) expect(decision).toEqual({ reason: "sample", probability: sample, byteFactor: 1 });
      }),
    );
  });

  it("is the same on every replica while no cap binds", () => {
    fc.assert(
      fc.property(options, fc.array(subjects), fc.nat(), (given, sent, seed) => {
        const generous = { ...given, alwaysPerSecond: 1000, bytesPerSecond: 1e9 };
        const [one, other] = [aPlan(generous), aPlan(generous)];
        const random = seededRandom(seed);
        const shuffled = sent.map((subject) => ({ subject, at: random() })).toSorted((a, b) => a.at - b.at);
        const decisions = new Map(shuffled.map(({ subject }, index) => [subject, other.plan.decide(subject, index)]));
        for (const subject of sent) expect(one.plan.decide(subject, 0)).toEqual(decisions.get(subject));
      }),
    );
  });

  it("keeps what the sample keeps elsewhere, however many of a kind there were before, while bytes suffice", () => {
    const kind = fc.constantFrom<Partial<KeepSubject>>({ outcome: "timeout" }, { variant: "canary" });
    const requestIds = fc.array(fc.string({ minLength: 1 }), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 1, noNaN: true }), kind, requestIds, (sample, over, ids) => {
        const { plan } = aPlan({ sample, alwaysPerSecond: 1, bytesPerSecond: 1e9 });
        for (const requestId of ids) {
          const decision = plan.decide(anEnded({ ...over, requestId }), 0);
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

  it("is the sample for what the sample alone would have kept, and the probability is the larger one", () => {
    const { plan } = aPlan();
    expect(plan.decide(anEnded({ outcome: "timeout", requestId: sampled }), 0)).toMatchObject({
      reason: "sample",
      probability: 1,
    });
    expect(plan.decide(anEnded({ outcome: "timeout", requestId: unsampled }), 0)).toMatchObject({ reason: "timeout" });
  });

  it("is the kind with the larger probability where there are two", () => {
    const { plan } = aPlan({ sample: 0, alwaysPerSecond: 1 });
    const both = { outcome: "upstream_error", variant: "canary", requestId: unsampled } as const;
    expect(plan.decide(anEnded({ outcome: "upstream_error" }), 0)).toMatchObject({ reason: "error", probability: 1 });
    expect(plan.decide(anEnded(both), 0)).toMatchObject({ reason: "canary", probability: 1 });
    const low = { requestId: idBelow(0, 0.25) };
    expect(plan.decide(anEnded({ ...both, ...low }), 0)).toMatchObject({ reason: "error", probability: 0.5 });
    plan.decide(anEnded({ variant: "canary", ...low }), 0);
    expect(plan.decide(anEnded({ ...both, ...low }), 0)).toMatchObject({ reason: "error", probability: 0.25 });
  });

  it("for not keeping is the rate of the kind, the sample, or the budget of bytes", () => {
    const { plan, counters } = aPlan({ alwaysPerSecond: 1, bytesPerSecond: 1024 });
    const decision = plan.decide(anEnded({ outcome: "timeout", requestId: far }), 0);
    expect(plan.decide(anEnded({ outcome: "timeout", requestId: far }), 0)).toBeUndefined();
    expect(counters.skipped).toEqual({ not_sampled: 0, thinned: 1, byte_budget: 0 });
    expect(plan.decide(anEnded({ requestId: far }), 0)).toBeUndefined();
    expect(counters.skipped).toEqual({ not_sampled: 1, thinned: 1, byte_budget: 0 });
    if (decision === undefined) throw new Error("the first of a kind is kept");
    plan.spend(5000, decision, 0);
    expect(plan.decide(anEnded({ requestId: idBelow(0.06, 0.1) }), 0)).toBeUndefined();
    expect(counters.skipped).toEqual({ not_sampled: 1, thinned: 1, byte_budget: 1 });
    expect(plan.decide(anEnded({ requestId: idBelow(0, 0.05) }), 0)).toEqual({
      reason: "sample",
      probability: 0.05,
      byteFactor: 0.5,
    });
  });

  it("is the kind where the sample alone would not have kept it any more, for want of bytes", () => {
    const { plan, counters } = aPlan({ sample: 0.1, bytesPerSecond: 1024 });
    plan.spend(5000, { reason: "sample", probability: 0.1, byteFactor: 1 }, 0);
    const timeout = { outcome: "timeout", requestId: idBelow(0.06, 0.1) } as const;
    expect(plan.decide(anEnded(timeout), 0)).toEqual({ reason: "timeout", probability: 0.5, byteFactor: 0.5 });
    expect(plan.decide(anEnded({ outcome: "timeout", requestId: far }), 0)).toBeUndefined();
    expect(counters.skipped).toEqual({ not_sampled: 0, thinned: 0, byte_budget: 1 });
  });

  it("counts what the sample keeps of a kind against its rate", () => {
    const { plan } = aPlan({ sample: 0.1, alwaysPerSecond: 1 });
    plan.decide(anEnded({ outcome: "timeout", requestId: sampled }), 0);
    expect(plan.decide(anEnded({ outcome: "timeout", requestId: unsampled }), 0)).toMatchObject({ probability: 0.5 });
  });
});

describe("the identity", () => {
  /** How often it is read for one decision. */
  function readings(over: Partial<KeepPlanOptions>, subject: Partial<Omit<KeepSubject, "requestId">> = {}): number {
    let reads = 0;
    const exchange: KeepSubject = {
      ...anEnded(subject),
      get requestId() {
        reads++;
        return "3f1c9a52";
      },
    };
    aPlan(over).plan.decide(exchange, 0);
    return reads;
  }

  it("is read once, and not where nothing depends on it", () => {
    expect(readings({ sample: 0.01 })).toBe(1);
    expect(readings({ sample: 0.01 }, { outcome: "timeout" })).toBe(1);
    expect(readings({ sample: 0 })).toBe(0);
    expect(readings({ sample: 1 })).toBe(0);
    expect(readings({ sample: 0 }, { outcome: "timeout" })).toBe(0);
  });
});
