import { describe, expect, it } from "vitest";
import { describeFleet } from "../../src/fleet/fleet-description.ts";
import type { Outcome, LeaderDocument } from "../../src/fleet/store.ts";
import { createMemoryStore } from "./support/memory-store.ts";
import { aReplica } from "./support/a-replica.ts";
import { manualClock } from "../support/manual-time.ts";

const subject = { model: "m", version: "1", variant: "stable" };

/** The description when the store has this under every key. */
function describedWith(outcome: Outcome<LeaderDocument | undefined>): Promise<unknown> {
  const clock = manualClock();
  const { fleet } = aReplica("a", createMemoryStore(clock), clock);
  return describeFleet(fleet, { getDocument: async () => outcome }, [subject, subject]);
}

const storing = (json: string): Outcome<LeaderDocument> => ({ kind: "done", value: { json, token: 1 } });

describe("the description of a fleet", () => {
  it("has the documents of the leader and the status of this replica", async () => {
    expect(await describedWith(storing('{"n": 1}'))).toMatchObject({
      status: { replicaId: "a", isLeader: false, failures: {} },
      drift: [{ n: 1 }, { n: 1 }],
      accuracy: { n: 1 },
      latency: { n: 1 },
    });
  });

  it.each([
    storing("{"),
    storing(""),
    storing("null"),
    { kind: "done", value: undefined },
    { kind: "failed", reason: "timeout" },
  ] as const)("leaves out a document that is missing or not JSON: %j", async (outcome) => {
    expect(await describedWith(outcome)).toMatchObject({ drift: [], accuracy: null, latency: null });
  });
});
