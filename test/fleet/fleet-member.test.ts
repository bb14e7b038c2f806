import { describe, expect, it } from "vitest";
import type { LeaderRound } from "../../src/fleet/leader/leader-loop.ts";
import { until } from "../support/until.ts";
import { aFleet, flushMs, windowMs } from "./support/a-fleet.ts";
import { valueOf } from "./support/store-trial.ts";

const sumIn = async (turn: LeaderRound): Promise<unknown> => {
  const { counts } = valueOf(await turn.read("k", turn.ended[0]!));
  return counts instanceof Float64Array ? [...counts] : undefined;
};

describe("a replica of a fleet", () => {
  it("publishes its counts with each turn, and the newest ones win", async () => {
    const { start, store, windowNow } = aFleet();
    const a = start("a");
    a.count(windowNow(), 3);
    await a.turn();
    a.count(windowNow(), 4);
    await a.turn();
    const merged = valueOf(await store.read("k", { windowMs, windowIndex: windowNow() }));
    expect([...(merged.counts as Float64Array)]).toEqual([7]);
    expect(a.fleet.status()).toMatchObject({
      replicaId: "a",
      flushes: { succeeded: 2, failed: 0 },
      contributions: { stored: 2, older: 0, late: 0, full: 0, refused: 0 },
    });
  });

  it("knows the others, and which of them leads", async () => {
    const { start } = aFleet();
    const [a, b, c] = [start("a"), start("b"), start("c")];
    for (const { turn } of [a, b, c, a]) await turn();
    expect(a.fleet.status().replicas.map(({ replicaId }) => replicaId)).toEqual(["a", "b", "c"]);
    expect([a, b, c].map(({ fleet }) => fleet.status().isLeader)).toEqual([true, false, false]);
    expect(b.fleet.status().token).toBe(a.fleet.status().token);
    expect(b.turns).toEqual([]);
  });

  it("takes over when the leader says nothing for the length of the lease", async () => {
    const { start, clock } = aFleet();
    const [a, b] = [start("a"), start("b")];
    await a.turn();
    await b.turn();
    clock.pass(3 * flushMs);
    expect(a.fleet.status().isLeader).toBe(false);
    await b.turn();
    expect(b.fleet.status().isLeader).toBe(true);
    expect(b.fleet.status().token).toBeGreaterThan(a.fleet.status().token);
    await a.turn();
    expect(a.fleet.status().isLeader).toBe(false);
  });

  it("gives the lease back when it stops, publishes its last counts and is no gap", async () => {
    const { start, store, windowNow, clock } = aFleet();
    const [a, b] = [start("a"), start("b")];
    await a.turn();
    a.count(windowNow(), 5);
    await a.fleet.stop(1000);
    await b.turn();
    expect(b.fleet.status().isLeader).toBe(true);
    const merged = valueOf(await store.read("k", { windowMs, windowIndex: windowNow() }));
    expect([...(merged.counts as Float64Array)]).toEqual([5]);
    for (let turn = 0; turn < 6; turn++) {
      clock.pass(flushMs);
      await b.turn();
    }
    expect(b.fleet.status().gaps).toEqual([]);
  });

  it("reports a replica that vanished, once", async () => {
    const { start, clock } = aFleet();
    const [a, b] = [start("a"), start("b")];
    await b.turn();
    for (let turn = 0; turn < 6; turn++) {
      await a.turn();
      clock.pass(flushMs);
    }
    expect(a.fleet.status().gaps).toMatchObject([{ replicaId: "b", address: "pod-b", hasReturned: false }]);
    expect(a.fleet.status().lostReplicasTotal).toBe(1);
    expect(a.warnings).toEqual(["a replica is gone without a goodbye"]);
    await b.turn();
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
    for (const { turn } of [a, b]) await turn();
    clock.pass(2 * flushMs - 1);
    b.count(index, 100);
    for (const { turn } of [b, a]) await turn();
    expect(a.turns.filter(({ ended }) => ended.some(({ windowIndex }) => windowIndex === index))).toEqual([]);
    clock.pass(1);
    await a.turn();
    const decisions = a.turns.filter(({ ended }) => ended.some(({ windowIndex }) => windowIndex === index));
    expect(decisions).toHaveLength(1);
    expect(await sumIn(decisions[0]!)).toEqual([111]);
    await a.turn();
    expect(a.turns.at(-1)?.ended).toEqual([]);
  });

  it("counts writes for a window that is decided, and does not use them", async () => {
    const { start, windowNow, passToNextWindow, store } = aFleet();
    const [a, b] = [start("a"), start("b")];
    const index = windowNow();
    a.count(index, 1);
    b.count(index, 10);
    await a.turn();
    await b.turn();
    passToNextWindow(2 * flushMs);
    await a.turn();
    b.count(index, 5);
    await b.turn();
    expect(b.fleet.status().contributions).toMatchObject({ late: 1, stored: 1 });
    const merged = valueOf(await store.read("k", { windowMs, windowIndex: index }));
    expect([...(merged.counts as Float64Array)]).toEqual([11]);
  });

  it("is offered the same windows again when it failed, and its successor is too", async () => {
    const { start, windowNow, passToNextWindow, clock } = aFleet();
    const index = windowNow();
    const failing = start("a", { lead: async () => Promise.reject(new Error("no")) });
    const b = start("b");
    await failing.turn();
    passToNextWindow(2 * flushMs);
    await failing.turn();
    await failing.turn();
    expect(failing.fleet.status()).toMatchObject({ decidedWindowsTotal: 0 });
    expect(failing.fleet.status().leadFailuresTotal).toBeGreaterThanOrEqual(2);
    clock.pass(3 * flushMs);
    await b.turn();
    expect(b.turns.at(-1)?.ended).toEqual([{ windowMs, windowIndex: index }]);
    expect(b.fleet.status().decidedWindowsTotal).toBe(1);
  });

  it("does not decide again on what its predecessor has decided on", async () => {
    const { start, passToNextWindow, clock } = aFleet();
    const [a, b] = [start("a"), start("b")];
    await a.turn();
    passToNextWindow(2 * flushMs);
    await a.turn();
    expect(a.turns.at(-1)?.ended).toHaveLength(1);
    clock.pass(3 * flushMs);
    await b.turn();
    expect(b.turns.at(-1)?.ended).toEqual([]);
  });

  it("writes nothing once another has taken over, however long it took to decide", async () => {
    const { start, store, clock } = aFleet();
    const resume = Promise.withResolvers<void>();
    const written: unknown[] = [];
    const slow = start("slow", {
      lead: async ({ putDocument }) => {
        await resume.promise;
        written.push(await putDocument("v", '"late"'));
      },
    });
    const next = start("next", { lead: async ({ putDocument }) => void (await putDocument("v", '"new"')) });
    await slow.turn();
    clock.pass(3 * flushMs);
    await next.turn();
    resume.resolve();
    await until(() => written.length > 0, "the late verdict");
    expect(written).toEqual([{ kind: "done", value: false }]);
    expect(valueOf(await store.getDocument("v"))?.json).toBe('"new"');
    expect(slow.fleet.status().isLeader).toBe(false);
  });

  it("writes nothing of a turn from an earlier lease, though it leads again", async () => {
    const { start, store, clock } = aFleet();
    const resume = Promise.withResolvers<void>();
    const written: unknown[] = [];
    const slow = start("slow", {
      lead: async ({ putDocument }) => {
        await resume.promise;
        written.push(await putDocument("v", '"late"'));
      },
    });
    const next = start("next", { lead: async ({ putDocument }) => void (await putDocument("v", '"new"')) });
    await slow.turn();
    clock.pass(3 * flushMs);
    await next.turn();
    await next.fleet.stop(1000);
    await slow.turn();
    expect(slow.fleet.status().isLeader).toBe(true);
    resume.resolve();
    await until(() => written.length > 0, "the late verdict");
    expect(written[0]).toEqual({ kind: "done", value: false });
    expect(valueOf(await store.getDocument("v"))?.json).toBe('"new"');
  });

  it("publishes and keeps its lease while it is deciding", async () => {
    const { start, clock, windowNow } = aFleet();
    const resume = Promise.withResolvers<void>();
    const a = start("a", { lead: () => resume.promise });
    for (let turn = 0; turn < 6; turn++) {
      a.count(windowNow(), 1);
      await a.turn();
      clock.pass(flushMs);
    }
    expect(a.fleet.status()).toMatchObject({ isLeader: true, flushes: { succeeded: 6, failed: 0 } });
    resume.resolve();
  });
});
