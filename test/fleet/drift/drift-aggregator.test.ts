import { describe, expect, it } from "vitest";
import type { DriftReport } from "../../../src/drift/monitor/drift-report.ts";
import { createMemoryStore } from "../support/memory-store.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";
import { baselineOf, normalFeature, normals } from "../../drift/support/some-baselines.ts";
import { untilAsync } from "../../support/until.ts";
import { aReplica, flushMs, syncAll, windowMs, type TestReplica } from "../support/a-replica.ts";
import { manualClock, type ManualClock } from "../../support/manual-time.ts";

const random = seededRandom(20_261_124);
const draw = normals(random);
const baseline = baselineOf([normalFeature("x", 5000, random)]);

/** Moves to the begin of the next window. */
const toNextWindow = (clock: ManualClock): void => {
  clock.pass(windowMs - (clock.wallMs() % windowMs));
};

/** After the window's end and the grace, until the leader has decided on the window that was open. */
async function decideAll(clock: ManualClock, replicas: readonly TestReplica[]): Promise<DriftReport> {
  toNextWindow(clock);
  const endMs = clock.wallMs();
  await syncAll(clock, ...replicas);
  clock.pass(3 * flushMs);
  const reports = (): readonly DriftReport[] => replicas.flatMap(({ drift }) => drift.reports());
  await untilAsync(async () => {
    await syncAll(clock, ...replicas);
    return reports().some(({ window }) => window?.to_ms === endMs);
  }, "the leader to decide");
  return reports().find(({ window }) => window?.to_ms === endMs) ?? expect.fail("no report");
}

describe("drift of a fleet", () => {
  it("is judged on the exact sum of all replicas, of which none has enough alone", async () => {
    const clock = manualClock();
    const store = createMemoryStore(clock);
    const replicas = ["a", "b", "c"].map((id) => aReplica(id, store, clock, baseline));
    const alone = aReplica("alone", createMemoryStore(clock), clock, baseline);
    toNextWindow(clock);
    for (let i = 0; i < 900; i++) {
      const values = [draw() + 0.8];
      replicas[i % 3]?.request(values);
      alone.request(values);
      if (i % 100 === 0) await syncAll(clock, ...replicas);
    }
    const report = await decideAll(clock, replicas);
    alone.monitors.advance(clock.wallMs());
    while (alone.monitors.step());
    const [expected] = alone.monitors.reports();
    expect(report).toMatchObject({ scope: "fleet", ready: true, window: { requests: 900, rows: 900 } });
    expect(report.targets).toEqual(expected?.targets);
    expect(report.targets[0]).toMatchObject({ name: "x", level: "critical" });
    for (const { monitors } of replicas) expect(monitors.reports()[0]?.ready, "300 are too few").toBe(false);
  });

  it("continues from the last leader's state after that one died", async () => {
    const clock = manualClock();
    const store = createMemoryStore(clock);
    const [first, second] = ["a", "b"].map((id) => aReplica(id, store, clock, baseline)) as [TestReplica, TestReplica];
    toNextWindow(clock);
    const shiftedWindow = async (replicas: readonly TestReplica[]): Promise<DriftReport> => {
      for (let i = 0; i < 700; i++) replicas[i % replicas.length]?.request([draw() + 1]);
      await syncAll(clock, ...replicas);
      return decideAll(clock, replicas);
    };
    const before = await shiftedWindow([first, second]);
    expect(first.fleet.status().isLeader).toBe(true);
    expect(before.targets[0]).toMatchObject({ level: "critical", state: "ok", violations: 1 });
    // The lease runs out; its holder never comes again.
    clock.pass(5 * flushMs);
    const after = await shiftedWindow([second]);
    expect(second.fleet.status().isLeader).toBe(true);
    expect(after.targets[0]).toMatchObject({ state: "critical", violations: 2 });
  });

  it("counts nothing twice when a leader returns after another has led: it continues from the saved state", async () => {
    const clock = manualClock();
    const store = createMemoryStore(clock);
    const [first, second] = ["a", "b"].map((id) => aReplica(id, store, clock, baseline)) as [TestReplica, TestReplica];
    toNextWindow(clock);
    // Too few: they are carried into the next window, which the other one decides on.
    for (let i = 0; i < 300; i++) first.request([draw()]);
    await syncAll(clock, first, second);
    toNextWindow(clock);
    await syncAll(clock, first, second);
    clock.pass(3 * flushMs);
    await untilAsync(async () => {
      await syncAll(clock, first, second);
      return first.fleet.status().decidedWindowsTotal > 0;
    }, "the first to carry the window");
    clock.pass(5 * flushMs);
    for (let i = 0; i < 400; i++) second.request([draw()]);
    expect(await decideAll(clock, [second])).toMatchObject({ window: { requests: 700 } });
    clock.pass(5 * flushMs);
    for (let i = 0; i < 650; i++) first.request([draw()]);
    const report = await decideAll(clock, [first]);
    expect(first.fleet.status().isLeader).toBe(true);
    expect(report).toMatchObject({ window: { requests: 650 } });
  });

  it("leaves out replicas that count by another baseline, and counts them", async () => {
    const clock = manualClock();
    const store = createMemoryStore(clock);
    const other = baselineOf([normalFeature("x", 1000, random)]);
    const replicas = [aReplica("a", store, clock, baseline), aReplica("b", store, clock, other)] as const;
    toNextWindow(clock);
    for (let i = 0; i < 1400; i++) replicas[i % 2]?.request([draw()]);
    await syncAll(clock, ...replicas);
    const report = await decideAll(clock, replicas);
    expect(report.window).toMatchObject({ requests: 700 });
    expect(replicas[0].drift.mismatchedTotal).toBeGreaterThan(0);
  });
});

describe("baselines that are learned in a fleet", () => {
  it("are the leader's for all replicas, including those that join later", async () => {
    const clock = manualClock();
    const store = createMemoryStore(clock);
    const replicas = ["a", "b"].map((id) => aReplica(id, store, clock));
    for (let i = 0; i < 1200; i++) replicas[i % 2]?.request([draw()]);
    const baselineIn = (replica: TestReplica | undefined): unknown => replica?.monitors.all[0]?.baseline;
    expect(baselineIn(replicas[0])).not.toEqual(baselineIn(replicas[1]));
    await syncAll(clock, ...replicas);
    await syncAll(clock, ...replicas);
    expect(baselineIn(replicas[1])).toEqual(baselineIn(replicas[0]));
    const late = aReplica("late", store, clock);
    late.request([draw()]);
    await syncAll(clock, ...replicas, late);
    expect(baselineIn(late)).toEqual(baselineIn(replicas[0]));
  });
});
