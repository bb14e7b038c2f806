import { describe, expect, it } from "vitest";
import type { LeaderRound } from "../../src/fleet/leader/leader-loop.ts";
import { until } from "../support/until.ts";
import { aFleet, flushMs, leading, windowMs } from "./support/a-fleet.ts";
import { valueOf } from "./support/store-trial.ts";

const sumIn = async (round: LeaderRound): Promise<unknown> => {
  const { counts } = await round.read("k", round.ended[0]!);
  return counts instanceof Float64Array ? [...counts] : undefined;
};

/** A leader whose task waits for `resume` before it writes, and the replica that takes the lease over meanwhile. */
function slowLeader() {
  const { start, store, clock } = aFleet();
  const resume = Promise.withResolvers<void>();
  const written: unknown[] = [];
  const slow = start("slow", {
    leaderTasks: leading(async ({ putDocument }) => {
      await resume.promise;
      written.push(await putDocument("v", '"late"'));
    }),
  });
  const next = start("next", {
    leaderTasks: leading(async ({ putDocument }) => void (await putDocument("v", '"new"'))),
  });
  return { slow, next, resume, written, store, clock };
}

describe("a member of a fleet", () => {
  it("publishes its counts with each sync, and the newest ones win", async () => {
    const { start, store, windowNow } = aFleet();
    const a = start("a");
    a.count(windowNow(), 3);
    await a.sync();
    a.count(windowNow(), 4);
    await a.sync();
    const merged = valueOf(await store.read("k", { windowMs, windowIndex: windowNow() }));
    expect([...(merged.counts as Float64Array)]).toEqual([7]);
    expect(a.fleet.status()).toMatchObject({
      replicaId: "a",
      flushes: { succeeded: 2, failed: 0 },
      contributions: { stored: 2, older: 0, late: 0, full: 0, refused: 0 },
    });
  });

  it("knows the other members, and which of them leads", async () => {
    const { start } = aFleet();
    const [a, b, c] = [start("a"), start("b"), start("c")];
    for (const { sync } of [a, b, c, a]) await sync();
    expect(a.fleet.status().replicas.map(({ replicaId }) => replicaId)).toEqual(["a", "b", "c"]);
    expect([a, b, c].map(({ fleet }) => fleet.status().isLeader)).toEqual([true, false, false]);
    expect(b.fleet.status().token).toBe(a.fleet.status().token);
    expect(b.rounds).toEqual([]);
  });

  it("takes over when the leader is silent for the length of the lease", async () => {
    const { start, clock } = aFleet();
    const [a, b] = [start("a"), start("b")];
    await a.sync();
    await b.sync();
    clock.pass(3 * flushMs);
    expect(a.fleet.status().isLeader).toBe(false);
    await b.sync();
    expect(b.fleet.status().isLeader).toBe(true);
    expect(b.fleet.status().token).toBeGreaterThan(a.fleet.status().token);
    await a.sync();
    expect(a.fleet.status().isLeader).toBe(false);
  });

  it("releases the lease when it stops, publishes its last counts and leaves no gap", async () => {
    const { start, store, windowNow, clock } = aFleet();
    const [a, b] = [start("a"), start("b")];
    await a.sync();
    a.count(windowNow(), 5);
    await a.fleet.stop(1000);
    await b.sync();
    expect(b.fleet.status().isLeader).toBe(true);
    const merged = valueOf(await store.read("k", { windowMs, windowIndex: windowNow() }));
    expect([...(merged.counts as Float64Array)]).toEqual([5]);
    for (let count = 0; count < 6; count++) {
      clock.pass(flushMs);
      await b.sync();
    }
    expect(b.fleet.status().gaps).toEqual([]);
  });

  it("reports a lost replica once", async () => {
    const { start, clock } = aFleet();
    const [a, b] = [start("a"), start("b")];
    await b.sync();
    for (let count = 0; count < 6; count++) {
      await a.sync();
      clock.pass(flushMs);
    }
    expect(a.fleet.status().gaps).toMatchObject([{ replicaId: "b", address: "pod-b", hasReturned: false }]);
    expect(a.fleet.status().lostReplicasTotal).toBe(1);
    expect(a.warnings).toEqual(["a replica was lost: it sends no heartbeat and did not leave"]);
    const time = expect.stringMatching(/^\d{4}-.*Z$/) as string;
    expect(a.logFields).toEqual([
      { is_leader: true, token: expect.any(Number) as number },
      { replica_id: "b", address: "pod-b", last_seen: time, noticed_at: time },
    ]);
    await b.sync();
  });
});

describe("the leader of a fleet", () => {
  it("decides on a window once, when its grace has passed, with the counts of all", async () => {
    const { start, windowNow, passToNextWindow, clock } = aFleet();
    const [a, b] = [start("a"), start("b")];
    const index = windowNow();
    a.count(index, 1);
    b.count(index, 10);
    passToNextWindow(0);
    for (const { sync } of [a, b]) await sync();
    clock.pass(2 * flushMs - 1);
    b.count(index, 100);
    for (const { sync } of [b, a]) await sync();
    expect(a.rounds.filter(({ ended }) => ended.some(({ windowIndex }) => windowIndex === index))).toEqual([]);
    clock.pass(1);
    await a.sync();
    const decisions = a.rounds.filter(({ ended }) => ended.some(({ windowIndex }) => windowIndex === index));
    expect(decisions).toHaveLength(1);
    expect(await sumIn(decisions[0]!)).toEqual([111]);
    await a.sync();
    expect(a.rounds.at(-1)?.ended).toEqual([]);
  });

  it("counts writes for a decided window as late, and does not use them", async () => {
    const { start, windowNow, passToNextWindow, store } = aFleet();
    const [a, b] = [start("a"), start("b")];
    const index = windowNow();
    a.count(index, 1);
    b.count(index, 10);
    await a.sync();
    await b.sync();
    passToNextWindow(2 * flushMs);
    await a.sync();
    b.count(index, 5);
    await b.sync();
    expect(b.fleet.status().contributions).toMatchObject({ late: 1, stored: 1 });
    const merged = valueOf(await store.read("k", { windowMs, windowIndex: index }));
    expect([...(merged.counts as Float64Array)]).toEqual([11]);
  });

  it("gets the same windows again after a failure, and so does its successor", async () => {
    const { start, windowNow, passToNextWindow, clock } = aFleet();
    const index = windowNow();
    const failing = start("a", { leaderTasks: leading(async () => Promise.reject(new Error("no"))) });
    const b = start("b");
    await failing.sync();
    passToNextWindow(2 * flushMs);
    await failing.sync();
    await failing.sync();
    expect(failing.fleet.status()).toMatchObject({ decidedWindowsTotal: 0 });
    expect(failing.fleet.status().leadFailuresTotal).toBeGreaterThanOrEqual(2);
    clock.pass(3 * flushMs);
    await b.sync();
    expect(b.rounds.at(-1)?.ended).toEqual([{ windowMs, windowIndex: index }]);
    expect(b.fleet.status().decidedWindowsTotal).toBe(1);
  });

  it("does not repeat what its predecessor has decided", async () => {
    const { start, passToNextWindow, clock } = aFleet();
    const [a, b] = [start("a"), start("b")];
    await a.sync();
    passToNextWindow(2 * flushMs);
    await a.sync();
    expect(a.rounds.at(-1)?.ended).toHaveLength(1);
    clock.pass(3 * flushMs);
    await b.sync();
    expect(b.rounds.at(-1)?.ended).toEqual([]);
  });

  it("writes nothing once another has taken over, however late it finishes", async () => {
    const { slow, next, resume, written, store, clock } = slowLeader();
    await slow.sync();
    clock.pass(3 * flushMs);
    await next.sync();
    resume.resolve();
    await until(() => written.length > 0, "the late document");
    expect(written).toEqual([false]);
    expect(valueOf(await store.getDocument("v"))?.json).toBe('"new"');
    expect(slow.fleet.status().isLeader).toBe(false);
  });

  it("writes nothing of a round from an earlier lease, even if it leads again", async () => {
    const { slow, next, resume, written, store, clock } = slowLeader();
    await slow.sync();
    clock.pass(3 * flushMs);
    await next.sync();
    await next.fleet.stop(1000);
    await slow.sync();
    expect(slow.fleet.status().isLeader).toBe(true);
    resume.resolve();
    await until(() => written.length > 0, "the late document");
    expect(written[0]).toBe(false);
    expect(valueOf(await store.getDocument("v"))?.json).toBe('"new"');
  });

  it("publishes and renews its lease while it decides", async () => {
    const { start, clock, windowNow } = aFleet();
    const resume = Promise.withResolvers<void>();
    const a = start("a", { leaderTasks: leading(() => resume.promise) });
    for (let count = 0; count < 6; count++) {
      a.count(windowNow(), 1);
      await a.sync();
      clock.pass(flushMs);
    }
    expect(a.fleet.status()).toMatchObject({ isLeader: true, flushes: { succeeded: 6, failed: 0 } });
    resume.resolve();
  });
});
