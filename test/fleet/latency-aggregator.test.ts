import { describe, expect, it } from "vitest";
import { LatencyAggregator } from "../../src/fleet/latency-aggregator.ts";
import { RequestMetrics } from "../../src/metrics/requests/request-metrics.ts";
import type { FleetMember } from "../../src/fleet/fleet-member.ts";
import { createMemoryStore } from "./support/memory-store.ts";
import type { StateStore } from "../../src/fleet/store.ts";
import { untilAsync } from "../support/until.ts";
import { anExchange } from "../support/an-exchange.ts";
import { aMember, flushMs, windowMs } from "./support/a-replica.ts";
import { manualClock, type ManualClock } from "../support/manual-time.ts";

interface LatencyReplica {
  readonly latency: LatencyAggregator;
  readonly fleet: FleetMember;
  serve(durationMs: number): void;
}

function aReplica(id: string, store: StateStore, clock: ManualClock): LatencyReplica {
  const requests = new RequestMetrics({ model: "iris", version: "1", variant: "stable", maxModels: 4 });
  const latency = new LatencyAggregator(requests, windowMs, 60_000);
  const fleet = aMember(id, { store, clock }, { sources: [latency], leaderTasks: [latency] });
  return { latency, fleet, serve: (durationMs) => requests.observe(anExchange({ durationMs })) };
}

describe("latency of a fleet", () => {
  it("covers all requests of all replicas in a window, and none outside it", async () => {
    const clock = manualClock();
    const store = createMemoryStore(clock);
    const replicas = ["a", "b"].map((id) => aReplica(id, store, clock));
    const sync = async (): Promise<void> => {
      for (const { fleet } of replicas) await fleet.syncNow();
    };
    const toNextWindow = (): void => {
      clock.pass(windowMs - (clock.wallMs() % windowMs));
    };
    const decided = async (requests: number): Promise<void> =>
      untilAsync(async () => {
        await sync();
        return replicas[0]?.latency.last?.requests === requests;
      }, `a window of ${requests} requests`);

    toNextWindow();
    // Before the first publication: still of the first window.
    for (let i = 0; i < 90; i++) replicas[0]?.serve(10);
    await sync();
    for (let i = 0; i < 10; i++) replicas[1]?.serve(1000);
    clock.pass(flushMs);
    await sync();
    toNextWindow();
    await sync();
    for (let i = 0; i < 7; i++) replicas[1]?.serve(20);
    clock.pass(3 * flushMs);
    await decided(100);
    const last = replicas[0]?.latency.last;
    expect(last).toMatchObject({ p50_seconds: expect.closeTo(0.01, 3), p95_seconds: expect.closeTo(1, 1) });
    expect(last).toMatchObject({ to_ms: (last?.from_ms ?? 0) + windowMs });
    toNextWindow();
    await sync();
    clock.pass(3 * flushMs);
    await decided(7);
  });

  it("stays in its window when the clock is set back a little: closed windows do not change", () => {
    const requests = new RequestMetrics({ model: "iris", version: "1", variant: "stable", maxModels: 4 });
    const latency = new LatencyAggregator(requests, windowMs, 60_000);
    /** Serves one more request, and gives the counts of each window. */
    const counts = (nowMs: number): readonly (readonly [number, number])[] => {
      requests.observe(anExchange({ durationMs: 10 }));
      return Array.from(latency.contributions(nowMs), ({ windowIndex, counts: cells }) => [
        windowIndex,
        cells instanceof Float64Array ? cells.reduce((sum, count) => sum + count, 0) : Number.NaN,
      ]);
    };
    expect(counts(10 * windowMs)).toEqual([[10, 1]]);
    expect(counts(11 * windowMs)).toEqual([[10, 2]]);
    expect(counts(11 * windowMs - 1)).toEqual([
      [10, 2],
      [11, 1],
    ]);
    expect(counts(11 * windowMs)).toEqual([
      [10, 2],
      [11, 2],
    ]);
    expect(counts(12 * windowMs)).toEqual([
      [10, 2],
      [11, 3],
    ]);
  });
});
