import { describe, expect, it } from "vitest";
import { describeFleet } from "../../src/fleet/fleet-description.ts";
import type { Outcome, Verdict } from "../../src/fleet/store.ts";
import { createMemoryStore } from "./support/memory-store.ts";
import { aReplica, HandClock } from "./support/a-replica.ts";

const subject = { model: "m", version: "1", variant: "stable" };

/** The description when the store has this under every key. */
function describedWith(outcome: Outcome<Verdict | undefined>): Promise<unknown> {
  const clock = new HandClock();
  const { fleet } = aReplica("a", createMemoryStore(clock), clock);
  return describeFleet(fleet, { getDocument: async () => outcome }, [subject, subject]);
}

const saying = (json: string): Outcome<Verdict> => ({ kind: "done", value: { json, token: 1 } });

describe("the description of a fleet", () => {
  it("tells what the leader published, and how this replica is doing", async () => {
    expect(await describedWith(saying('{"n": 1}'))).toMatchObject({
      status: { replicaId: "a", isLeader: false, failures: {} },
      drift: [{ n: 1 }, { n: 1 }],
      accuracy: { n: 1 },
      latency: { n: 1 },
    });
  });

  it.each([
    saying("{"),
    saying(""),
    saying("null"),
    { kind: "done", value: undefined },
    { kind: "failed", reason: "timeout" },
  ] as const)("has nothing to say of what is not there or is no JSON: %j", async (outcome) => {
    expect(await describedWith(outcome)).toMatchObject({ drift: [], accuracy: null, latency: null });
  });
});
