import { afterEach } from "vitest";
import { FleetMember, type FleetMemberOptions } from "../../../src/fleet/fleet-member.ts";
import type { LeaderRound, LeaderTask } from "../../../src/fleet/leader/leader-loop.ts";
import { createMemoryStore } from "./memory-store.ts";
import type { Contribution, LabelItem, Outcome, StateStore } from "../../../src/fleet/store.ts";
import { manualClock } from "../../support/manual-time.ts";
import { recordedLog } from "../../support/recorded-log.ts";

/** Interval between two syncs. */
export const flushMs = 1000;
/** Length of the windows. */
export const windowMs = 60_000;

const fleets: FleetMember[] = [];
afterEach(async () => {
  for (const fleet of fleets.splice(0)) await fleet.stop(1000);
});

/** A fleet in one process: a store, a clock, and replicas that sync on demand. */
export function aFleet() {
  const clock = manualClock();
  const store = createMemoryStore(clock);
  const start = (replicaId: string, change: Partial<FleetMemberOptions> = {}) => {
    const counts = new Map<number, Float64Array>();
    const rounds: LeaderRound[] = [];
    const labels: LabelItem[] = [];
    const { log, warnings, fields: logFields } = recordedLog();
    const contributions = (): Contribution[] =>
      [...counts].map(([windowIndex, cells]) => ({ key: "k", windowMs, windowIndex, counts: cells }));
    const fleet = new FleetMember({
      // Closing it would end it for the others as well.
      store: sharing(store),
      replica: { replicaId, startedAtMs: clock.wallMs(), address: `pod-${replicaId}`, flushMs },
      leaseMs: 3 * flushMs,
      windowsMs: [windowMs],
      clock,
      sources: [{ contributions }],
      leaderTasks: [{ runAsLeader: async (round) => void rounds.push(round) }],
      labelStreams: [],
      onLabels: (received) => void labels.push(...received),
      log,
      ...change,
    });
    fleets.push(fleet);
    const count = (windowIndex: number, by: number): void => {
      const cells = counts.get(windowIndex) ?? new Float64Array(1);
      counts.set(
        windowIndex,
        cells.map((before) => before + by),
      );
    };
    /** Syncs, and waits until the leader round has ended. */
    const sync = async (): Promise<void> => {
      await fleet.syncNow();
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { fleet, count, sync, rounds, labels, warnings, logFields, counts };
  };
  const windowNow = (): number => Math.floor(clock.wallMs() / windowMs);
  /** To a moment after the start of the next window. */
  const passToNextWindow = (afterMs: number): void =>
    clock.pass((windowNow() + 1) * windowMs - clock.wallMs() + afterMs);
  return { clock, store, start, windowNow, passToNextWindow };
}

/** Leader tasks with one task. */
export const leading = (runAsLeader: LeaderTask["runAsLeader"]): readonly LeaderTask[] => [{ runAsLeader }];

/** A store whose closing closes only itself. */
export function sharing(store: StateStore, change: Partial<StateStore> = {}): StateStore {
  let isClosed = false;
  const closed: Outcome<never> = { kind: "failed", reason: "closed" };
  const proxy = new Proxy(store, {
    get: (target, name: keyof StateStore) => {
      if (name === "close") return async () => void (isClosed = true);
      const changed = change[name];
      if (changed !== undefined) return changed;
      if (isClosed && name !== "health") return async () => closed;
      return target[name].bind(target);
    },
  });
  return proxy;
}
