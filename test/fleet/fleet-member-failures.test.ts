import { describe, expect, it, vi } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { fleetFamilies } from "../../src/fleet/fleet-families.ts";
import type { FleetMember } from "../../src/fleet/fleet-member.ts";
import type { Contribution, Outcome, StateStore } from "../../src/fleet/store.ts";
import { until } from "../support/until.ts";
import { aFleet, sharing, windowMs } from "./support/a-fleet.ts";
import { valueOf } from "./support/store-trial.ts";

describe("labels in a fleet", () => {
  it("reach every other replica, and not their sender", async () => {
    const { start } = aFleet();
    const [a, b, c] = [start("a"), start("b"), start("c")];
    expect(
      a.fleet.broadcastLabels([
        { id: "1", label: "cat" },
        { id: "2", label: "dog", row: 3 },
      ]),
    ).toBe(2);
    for (const { sync } of [a, b, c, a]) await sync();
    expect(a.labels).toEqual([]);
    for (const { labels } of [b, c])
      expect(labels).toEqual([
        { id: "1", label: "cat" },
        { id: "2", label: "dog", row: 3 },
      ]);
    expect(a.fleet.status().labels).toMatchObject({ sent: 2, received: 0 });
    expect(b.fleet.status().labels).toMatchObject({ sent: 0, received: 2 });
  });

  it("are queued while the store is away, up to a bound", async () => {
    const { start, store } = aFleet();
    let isAway = true;
    const failed: Outcome<never> = { kind: "failed", reason: "unreachable" };
    const appendLabels: StateStore["appendLabels"] = async (from, items) =>
      isAway ? failed : store.appendLabels(from, items);
    const a = start("a", { store: sharing(store, { appendLabels }) });
    const b = start("b");
    const many = Array.from({ length: 10_005 }, (_, index) => ({ id: String(index), label: "x" }));
    expect(a.fleet.broadcastLabels(many)).toBe(10_000);
    expect(a.fleet.broadcastLabels([{ id: "", label: "x" }])).toBe(0);
    await a.sync();
    expect(a.fleet.status().labels).toMatchObject({ sent: 0, dropped: 6 });
    isAway = false;
    await a.sync();
    await b.sync();
    expect(b.labels).toHaveLength(10_000);
  });

  it("do not end the sync when their receiver throws", async () => {
    const { start } = aFleet();
    const a = start("a");
    const b = start("b", {
      onLabels: () => {
        throw new Error("no");
      },
    });
    a.fleet.broadcastLabels([{ id: "1", label: "cat" }]);
    await a.sync();
    await b.sync();
    expect(b.warnings).toEqual(["a part of the fleet failed"]);
    expect(b.fleet.status().flushes).toEqual({ succeeded: 1, failed: 0 });
  });
});

describe("a member whose store fails", () => {
  const failing = (reason: "unreachable" | "out_of_memory"): Partial<StateStore> => {
    const fail = async (): Promise<Outcome<never>> => ({ kind: "failed", reason });
    return { publish: fail, acquire: fail, heartbeat: fail, readLabels: fail };
  };

  it("logs it once, counts each flush, and recovers", async () => {
    const { start, store, windowNow } = aFleet();
    const changes: Partial<StateStore> = { ...failing("unreachable") };
    const a = start("a", { store: sharing(store, changes) });
    a.count(windowNow(), 2);
    for (let count = 0; count < 3; count++) await a.sync();
    expect(a.warnings).toHaveLength(1);
    for (const name of Object.keys(changes) as (keyof StateStore)[]) delete changes[name];
    await a.sync();
    expect(a.fleet.status()).toMatchObject({ isLeader: true, flushes: { succeeded: 1 } });
    const merged = valueOf(await store.read("k", { windowMs, windowIndex: windowNow() }));
    expect([...(merged.counts as Float64Array)]).toEqual([2]);
  });

  it("goes on with the sync when only writing fails, and stops it when the store is away", async () => {
    const { start, store } = aFleet();
    const readLabels = vi.fn(store.readLabels.bind(store));
    const full = start("a", { store: sharing(store, { ...failing("out_of_memory"), readLabels }) });
    await full.sync();
    expect(readLabels).toHaveBeenCalledTimes(1);
    const away = start("b", { store: sharing(store, { ...failing("unreachable"), readLabels }) });
    await away.sync();
    expect(readLabels).toHaveBeenCalledTimes(1);
  });

  it("skips a source that throws", async () => {
    const { start, store, windowNow } = aFleet();
    const broken = {
      contributions: () => {
        throw new Error("no");
      },
    };
    const window = { windowMs, windowIndex: windowNow() };
    const fine = { contributions: () => [{ key: "fine", ...window, counts: new Float64Array([1]) }] };
    const a = start("a", { sources: [broken, fine] });
    await a.sync();
    expect(valueOf(await store.keys(window))).toEqual(["fine"]);
  });

  it("creates contributions while they are sent, so that their cost is spread", async () => {
    const { start, store } = aFleet();
    const made: number[] = [];
    const seen: number[] = [];
    const publish: StateStore["publish"] = async (publication) => {
      for (const { windowIndex } of publication.contributions) seen.push(windowIndex, made.length);
      return store.publish({ ...publication, contributions: [] });
    };
    const contributions = function* (): Generator<Contribution> {
      for (const windowIndex of [5, 6, 7]) {
        made.push(windowIndex);
        yield { key: "k", windowMs, windowIndex, counts: new Float64Array(1) };
      }
    };
    const { sync } = start("a", { store: sharing(store, { publish }), sources: [{ contributions }] });
    await sync();
    expect(seen).toEqual([5, 1, 6, 2, 7, 3]);
  });

  it("runs one sync at a time", async () => {
    const { start, store } = aFleet();
    let underWay = 0;
    let most = 0;
    const publish: StateStore["publish"] = async (publication) => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      return store.publish(publication);
    };
    const a = start("a", { store: sharing(store, { publish }) });
    await Promise.all(Array.from({ length: 5 }, () => a.fleet.syncNow()));
    expect(most).toBe(1);
    expect(a.fleet.status().flushes.succeeded).toBe(1);
  });

  it("stops within its time although the store never answers", async () => {
    const { start, store } = aFleet();
    const publish = (): Promise<never> => new Promise(() => undefined);
    const a = start("a", { store: sharing(store, { publish }) });
    void a.fleet.syncNow();
    await a.fleet.stop(20);
    await a.fleet.stop(20);
  });

  it("syncs by itself once it is started, and not after it was stopped", async () => {
    const { start } = aFleet();
    const quick = (replicaId: string) => {
      const replica = { replicaId, startedAtMs: 0, address: "", flushMs: 5 };
      return start(replicaId, { replica, clock: systemClock }).fleet;
    };
    const [stopped, other] = [quick("stopped"), quick("other")];
    const untilSynced = (fleet: FleetMember, more: number): Promise<void> => {
      const goal = fleet.status().flushes.succeeded + more;
      return until(() => fleet.status().flushes.succeeded >= goal, "syncs");
    };
    stopped.start();
    other.start();
    await untilSynced(stopped, 3);
    await stopped.stop(1000);
    const { flushes } = stopped.status();
    await untilSynced(other, 4);
    expect(stopped.status().flushes).toEqual(flushes);
  });
});

describe("the metrics of a fleet", () => {
  it("exist from the start, each value once", async () => {
    const { start } = aFleet();
    const a = start("a");
    const samplesNow = () =>
      Object.entries(fleetFamilies(a.fleet.status())).flatMap(([name, samples]) =>
        samples.map(({ labels = {}, value }) => ({ name, labels, value })),
      );
    const before = samplesNow();
    const names = before.map(({ name, labels }) => `${name}${JSON.stringify(labels)}`);
    expect(new Set(names).size).toBe(names.length);
    await a.sync();
    const after = samplesNow();
    expect(after.map(({ name, labels }) => `${name}${JSON.stringify(labels)}`)).toEqual(names);
    const valueIn = (name: string, label?: string): number | undefined =>
      after.find((sample) => sample.name === name && (!label || Object.values(sample.labels).includes(label)))?.value;
    expect(valueIn("outrider_fleet_replicas")).toBe(1);
    expect(valueIn("outrider_fleet_leader")).toBe(1);
    expect(valueIn("outrider_state_flushes_total", "success")).toBe(1);
    expect(valueIn("outrider_state_failures_total", "timeout")).toBe(0);
    expect(valueIn("outrider_state_last_success_timestamp_seconds")).toBeGreaterThan(1.7e9);
  });
});
