import { describe, expect, it } from "vitest";
import { AccuracyAggregator } from "../../src/fleet/accuracy-aggregator.ts";
import type { LabelMonitor } from "../../src/accuracy/label-monitor.ts";
import type { FleetMember } from "../../src/fleet/fleet-member.ts";
import { createMemoryStore } from "./support/memory-store.ts";
import type { StateStore } from "../../src/fleet/store.ts";
import { untilAsync } from "../support/until.ts";
import { aMonitor, aRequest, values } from "../accuracy/a-label-monitor.ts";
import { aMember, flushMs } from "./support/a-replica.ts";
import { manualClock, type ManualClock } from "../support/manual-time.ts";

interface AccuracyReplica {
  readonly labels: LabelMonitor;
  readonly accuracy: AccuracyAggregator;
  readonly fleet: FleetMember;
}

const hourMs = 3_600_000;

function aReplica(id: string, store: StateStore, clock: ManualClock): AccuracyReplica {
  const labels = aMonitor();
  const accuracy = new AccuracyAggregator(labels);
  const parts = { windowsMs: [hourMs], sources: [accuracy], leaderTasks: [accuracy] };
  const fleet = aMember(id, { store, clock }, parts);
  return { labels, accuracy, fleet };
}

describe("accuracy of a fleet", () => {
  it("covers all labels of all replicas, also those that arrive hours later", async () => {
    const clock = manualClock();
    const store = createMemoryStore(clock);
    const replicas = ["a", "b"].map((id) => aReplica(id, store, clock));
    const predict = (replica: number, id: string): void =>
      replicas[replica]?.labels.predicted(
        aRequest({ requestId: id, predictions: values("yes"), atMs: clock.wallMs() }),
      );
    const label = (replica: number, id: string, truth: string): void => {
      replicas[replica]?.labels.label({ id, row: 0, label: truth }, clock.wallMs());
    };
    const until = (labels: number, accuracy: number): Promise<void> =>
      untilAsync(async () => {
        for (const { fleet } of replicas) await fleet.syncNow();
        clock.pass(flushMs);
        const [report] = replicas[0]?.accuracy.reports() ?? [];
        return report?.labels === labels && report.classes?.accuracy === accuracy;
      }, `${labels} labels, ${accuracy} right`);

    for (let i = 0; i < 50; i++) predict(i % 2, `early-${i}`);
    for (let i = 0; i < 30; i++) label(i % 2, `early-${i}`, i < 24 ? "yes" : "no");
    await until(30, 0.8);
    // Three hours later the window of the predictions has ended for everything else.
    clock.pass(3 * hourMs);
    for (let i = 30; i < 50; i++) label(i % 2, `early-${i}`, "yes");
    for (let i = 0; i < 50; i++) predict(1, `later-${i}`);
    for (let i = 0; i < 50; i++) label(1, `later-${i}`, "yes");
    await until(100, 0.94);
    const [report] = replicas[0]?.accuracy.reports() ?? [];
    expect(report).toMatchObject({ predictions: 100, coverage: 1 });
  });

  it("goes by the time of the prediction: predictions beyond the label age are left out", async () => {
    const clock = manualClock();
    const replica = aReplica("a", createMemoryStore(clock), clock);
    replica.labels.predicted(aRequest({ requestId: "old", predictions: values("yes"), atMs: clock.wallMs() }));
    await replica.fleet.syncNow();
    clock.pass(26 * hourMs);
    replica.labels.predicted(aRequest({ requestId: "new", predictions: values("yes"), atMs: clock.wallMs() }));
    await untilAsync(async () => {
      await replica.fleet.syncNow();
      clock.pass(flushMs);
      return replica.accuracy.reports()[0]?.predictions === 1;
    }, "the newer prediction alone");
  });
});
