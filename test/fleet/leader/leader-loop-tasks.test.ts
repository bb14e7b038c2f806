import { describe, expect, it } from "vitest";
import { runLeaderTasks, type LeaderTask } from "../../../src/fleet/leader/leader-loop.ts";
import type { LeaderRound } from "../../../src/fleet/leader/leader-loop.ts";

const unused = (): never => expect.fail("no task calls this");
const round: LeaderRound = {
  nowMs: 1,
  token: 1,
  ended: [],
  keys: unused,
  read: unused,
  getDocument: unused,
  putDocument: unused,
};

describe("leader tasks", () => {
  it("all run, also after one that failed, and the failures are reported at the end", async () => {
    const ran: string[] = [];
    const task = (name: string, error?: Error): LeaderTask => ({
      runAsLeader: async () => {
        ran.push(name);
        if (error !== undefined) throw error;
      },
    });
    const tasks = [task("baselines", new Error("too large")), task("drift"), task("latency", new Error("gone"))];
    await expect(runLeaderTasks(tasks, round)).rejects.toThrow("Error: too large; Error: gone");
    expect(ran).toEqual(["baselines", "drift", "latency"]);
    await expect(runLeaderTasks([task("drift")], round)).resolves.toBeUndefined();
  });
});
