import { describe, expect, it } from "vitest";
import { BaselineAgreement } from "../../../src/fleet/drift/baseline-agreement.ts";
import { writeBaseline } from "../../../src/drift/baseline/baseline-file.ts";
import type { Baseline } from "../../../src/drift/baseline/baseline.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";
import type { LeaderRound } from "../../../src/fleet/leader/leader-loop.ts";
import { createMemoryStore } from "../support/memory-store.ts";
import type { Outcome, StateStore, Verdict } from "../../../src/fleet/store.ts";
import { baselineOf, normalFeature, normals } from "../../drift/support/some-baselines.ts";
import { aReplica, HandClock, type TestReplica } from "../support/a-replica.ts";

const random = seededRandom(5);
const draw = normals(random);
const learned = (name: string): Baseline =>
  baselineOf([normalFeature("x", 1000, random)], { source: { kind: "learned", name, digest: "", rows: 1000 } });

const done = <T>(value: T): Outcome<T> => ({ kind: "done", value });
const verdict = (baseline: Baseline): Outcome<Verdict> => done({ json: writeBaseline(baseline), token: 1 });

/** A replica that has learned a baseline by itself. */
function aLearner(): TestReplica {
  const clock = new HandClock();
  const replica = aReplica("a", createMemoryStore(clock), clock);
  for (let i = 0; i < 600; i++) replica.request([draw()]);
  return replica;
}

/** Turns of a leader that the store answers so. */
const aTurn = (over: Partial<LeaderRound>): LeaderRound => ({
  nowMs: 1,
  token: 1,
  ended: [],
  keys: async () => done([]),
  read: () => Promise.reject(new Error("nobody reads counts here")),
  getDocument: async () => done(undefined),
  putDocument: async () => done(true),
  ...over,
});

const usedBy = ({ monitors }: TestReplica): Baseline | undefined => monitors.all[0]?.baseline;

describe("the baseline that all replicas use", () => {
  it("is still looked for by one who wrote its own when it led no more", async () => {
    const replica = aLearner();
    const agreed = learned("another");
    const store: Pick<StateStore, "getDocument"> = { getDocument: async () => verdict(agreed) };
    const baselines = new BaselineAgreement(replica.monitors, store);
    await baselines.lead(aTurn({ putDocument: async () => done(false) }));
    await baselines.follow(2);
    expect(usedBy(replica)).toEqual(agreed);
  });

  it.each(["follow", "lead"] as const)(
    "does not replace a baseline that came from elsewhere while it was asked for: %s",
    async (way) => {
      const replica = aLearner();
      const fetched = baselineOf([normalFeature("x", 500, random)]);
      const store: Pick<StateStore, "getDocument"> = {
        getDocument: async () => {
          replica.monitors.useBaseline(fetched, 1);
          return verdict(learned("another"));
        },
      };
      const baselines = new BaselineAgreement(replica.monitors, store);
      await (way === "follow" ? baselines.follow(1) : baselines.lead(aTurn(store)));
      expect(usedBy(replica)).toBe(fetched);
    },
  );

  it("is written anew by a leader who finds something there that is none", async () => {
    const replica = aLearner();
    const written: string[] = [];
    const baselines = new BaselineAgreement(replica.monitors, { getDocument: async () => done(undefined) });
    await baselines.lead(
      aTurn({
        getDocument: async () => done({ json: "{", token: 1 }),
        putDocument: async (_, json) => done(written.push(json) > 0),
      }),
    );
    expect(written).toEqual([writeBaseline(usedBy(replica) ?? expect.fail("nothing learned"))]);
  });

  it("is looked for in vain in what is none, and again afterwards", async () => {
    const replica = aLearner();
    const own = usedBy(replica);
    const agreed = learned("another");
    const answers: Outcome<Verdict | undefined>[] = [done({ json: "{", token: 1 }), done(undefined), verdict(agreed)];
    const baselines = new BaselineAgreement(replica.monitors, {
      getDocument: async () => answers.shift() ?? expect.fail("asked once too often"),
    });
    await baselines.follow(1);
    await baselines.follow(2);
    expect(usedBy(replica)).toBe(own);
    await baselines.follow(3);
    expect(usedBy(replica)).toEqual(agreed);
    await baselines.follow(4);
  });
});
