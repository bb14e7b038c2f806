/** Replicas of a fleet over one store, with a manual clock. */
import { BaselineAgreement } from "../../../src/fleet/drift/baseline-agreement.ts";
import { DriftAggregator } from "../../../src/fleet/drift/drift-aggregator.ts";
import type { Baseline } from "../../../src/drift/baseline/baseline.ts";
import { DriftMonitorRegistry } from "../../../src/drift/monitor/drift-monitor-registry.ts";
import { defaultThresholds } from "../../../src/drift/verdict/verdict.ts";
import type { Cell } from "../../../src/payload/body-content.ts";
import { FleetMember, type FleetMemberOptions } from "../../../src/fleet/fleet-member.ts";
import type { StateStore } from "../../../src/fleet/store.ts";
import type { ManualClock } from "../../support/manual-time.ts";
import { silentLog } from "../../support/recorded-log.ts";

export const windowMs = 10_000;
export const flushMs = 1000;

/** One replica: what it counts with, and its part in the fleet. */
export interface TestReplica {
  readonly monitors: DriftMonitorRegistry;
  readonly drift: DriftAggregator;
  readonly baselines: BaselineAgreement;
  readonly fleet: FleetMember;
  /** Counts one request of rows of the feature `x`. */
  request(values: readonly Cell[]): void;
}

/** A member with the id as its address, which takes part with these sources and tasks and no labels. */
export const aMember = (
  id: string,
  { store, clock }: { readonly store: StateStore; readonly clock: ManualClock },
  parts: Pick<FleetMemberOptions, "sources" | "leaderTasks"> & Partial<FleetMemberOptions>,
): FleetMember =>
  new FleetMember({
    store,
    replica: { replicaId: id, startedAtMs: clock.wallMs(), address: id, flushMs },
    leaseMs: 4 * flushMs,
    windowsMs: [windowMs],
    clock,
    labelStreams: [],
    onLabels: () => {},
    log: silentLog,
    ...parts,
  });

export function aReplica(id: string, store: StateStore, clock: ManualClock, baseline?: Baseline): TestReplica {
  const monitors = new DriftMonitorRegistry({
    baselines: baseline === undefined ? [] : [baseline],
    learnRequests: 500,
    windowMs,
    longWindowsMs: [],
    thresholds: defaultThresholds,
    maxModels: 4,
    maxFeatures: 100,
    formatTime: (ms) => new Date(ms).toISOString(),
  });
  const drift = new DriftAggregator({
    monitors,
    windowsMs: [windowMs],
    thresholds: defaultThresholds,
    maxFeatures: 100,
    keepMs: 60_000,
  });
  const baselines = new BaselineAgreement(monitors, store);
  const fleet = aMember(id, { store, clock }, { sources: [drift], leaderTasks: [baselines, drift] });
  const columns = { names: ["x"], isPositional: false };
  return {
    monitors,
    drift,
    baselines,
    fleet,
    request: (values) =>
      monitors.count({
        model: "churn",
        version: "7",
        variant: "stable",
        requestId: "",
        labelId: "",
        atMs: clock.wallMs(),
        request: {
          features: { columns, rowCount: values.length, cells: values },
          model: "",
          version: "",
          ids: [],
          droppedColumns: 0,
        },
        response: undefined,
      }),
  };
}

/** One sync of every replica, in this order: the first to ask becomes the leader. */
export async function syncAll(clock: ManualClock, ...replicas: readonly TestReplica[]): Promise<void> {
  for (const { monitors, fleet, drift, baselines } of replicas) {
    drift.addClosed(monitors.advance(clock.wallMs()));
    while (monitors.step());
    await baselines.follow(clock.wallMs());
    await fleet.syncNow();
  }
  // The leader round runs beside the sync.
  await new Promise((resolve) => setTimeout(resolve, 0));
}
