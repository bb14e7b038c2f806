import { describe, expect, it } from "vitest";
import { BaselineAgreement } from "../../../src/fleet/drift/baseline-agreement.ts";
import { writeBaseline } from "../../../src/drift/baseline/baseline-file.ts";
import type { Baseline } from "../../../src/drift/baseline/baseline.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";
import type { LeaderRound } from "../../../src/fleet/leader/leader-loop.ts";
import { createMemoryStore } from "../support/memory-store.ts";
import type { Outcome, StateStore, LeaderDocument } from "../../../src/fleet/store.ts";
import { baselineOf, normalFeature, normals } from "../../drift/support/some-baselines.ts";
import { aReplica, type TestReplica } from "../support/a-replica.ts";
import { valueOf } from "../support/store-trial.ts";
import { manualClock } from "../../support/manual-time.ts";

const random = seededRandom(5);
const draw = normals(random);
const learned = (name: string): Baseline =>
  baselineOf([normalFeature("x", 1000, random)], { source: { kind: "learned", name, digest: "", rows: 1000 } });

const done = <T>(value: T): Outcome<T> => ({ kind: "done", value });
const documentOf = (baseline: Baseline): Outcome<LeaderDocument> => done({ json: writeBaseline(baseline), token: 1 });

/** A replica that has learned a baseline by itself. */
function aLearner(): TestReplica {
  const clock = manualClock();
  const replica = aReplica("a", createMemoryStore(clock), clock);
  for (let i = 0; i < 600; i++) replica.request([draw()]);
  return replica;
}

/** A leader's round over a store with these replies. */
const aRound = (over: Partial<LeaderRound>): LeaderRound => ({
  nowMs: 1,
  token: 1,
  ended: [],
  keys: async () => [],
  read: () => Promise.reject(new Error("no test reads counts")),
  getDocument: async () => undefined,
  putDocument: async () => true,
  ...over,
});

const usedBy = ({ monitors }: TestReplica): Baseline | undefined => monitors.all[0]?.baseline;

describe("the agreement on a learned baseline", () => {
  it("is still open for a replica that lost the lease before it wrote its own", async () => {
    const replica = aLearner();
    const agreed = learned("another");
    const store: Pick<StateStore, "getDocument"> = { getDocument: async () => documentOf(agreed) };
    const baselines = new BaselineAgreement(replica.monitors, store);
    await baselines.runAsLeader(aRound({ putDocument: async () => false }));
    await baselines.follow(2);
    expect(usedBy(replica)).toEqual(agreed);
  });

  it.each(["follow", "runAsLeader"] as const)(
    "does not replace a baseline that arrived from elsewhere in the meantime: %s",
    async (way) => {
      const replica = aLearner();
      const fetched = baselineOf([normalFeature("x", 500, random)]);
      const store: Pick<StateStore, "getDocument"> = {
        getDocument: async () => {
          replica.monitors.useBaseline(fetched, 1);
          return documentOf(learned("another"));
        },
      };
      const baselines = new BaselineAgreement(replica.monitors, store);
      await (way === "follow"
        ? baselines.follow(1)
        : baselines.runAsLeader(aRound({ getDocument: async (key) => valueOf(await store.getDocument(key)) })));
      expect(usedBy(replica)).toBe(fetched);
    },
  );

  it("is written again by a leader that finds an invalid one", async () => {
    const replica = aLearner();
    const written: string[] = [];
    const baselines = new BaselineAgreement(replica.monitors, { getDocument: async () => done(undefined) });
    await baselines.runAsLeader(
      aRound({
        getDocument: async () => ({ json: "{", token: 1 }),
        putDocument: async (_, json) => written.push(json) > 0,
      }),
    );
    expect(written).toEqual([writeBaseline(usedBy(replica) ?? expect.fail("nothing learned"))]);
  });

  it("ignores an invalid document and looks again later", async () => {
    const replica = aLearner();
    const own = usedBy(replica);
    const agreed = learned("another");
    const answers: Outcome<LeaderDocument | undefined>[] = [
      done({ json: "{", token: 1 }),
      done(undefined),
      documentOf(agreed),
    ];
    const baselines = new BaselineAgreement(replica.monitors, {
      getDocument: async () => answers.shift() ?? expect.fail("read once too often"),
    });
    await baselines.follow(1);
    await baselines.follow(2);
    expect(usedBy(replica)).toBe(own);
    await baselines.follow(3);
    expect(usedBy(replica)).toEqual(agreed);
    await baselines.follow(4);
  });
});
