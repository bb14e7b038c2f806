import { describe, expect, it } from "vitest";
import { runLeaderTasks, type LeaderTask } from "../../../src/fleet/leader/lead-all.ts";
import type { LeaderRound } from "../../../src/fleet/leader/leader-loop.ts";

const unasked = (): never => expect.fail("nobody asks for this");
const turn: LeaderRound = {
  nowMs: 1,
  token: 1,
  ended: [],
  keys: unasked,
  read: unasked,
  getDocument: unasked,
  putDocument: unasked,
};

describe("leading", () => {
  it("goes on after a part that failed, and tells of it at the end", async () => {
    const led: string[] = [];
    const part = (name: string, error?: Error): LeaderTask => ({
      lead: async () => {
        led.push(name);
        if (error !== undefined) throw error;
      },
    });
    const parts = [part("baselines", new Error("too large")), part("drift"), part("latency", new Error("gone"))];
    await expect(runLeaderTasks(parts, turn)).rejects.toThrow("Error: too large; Error: gone");
    expect(led).toEqual(["baselines", "drift", "latency"]);
    await expect(runLeaderTasks([part("drift")], turn)).resolves.toBeUndefined();
  });
});
