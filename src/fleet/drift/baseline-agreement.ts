/**
 * Replicas that learn their baselines would each learn a different one, and counts by different baselines cannot be
 * added. So all replicas use the leader's, including those that join later.
 */
import { readBaseline, writeBaseline } from "../../drift/baseline/baseline-file.ts";
import type { DriftMonitor } from "../../drift/monitor/drift-monitor.ts";
import type { DriftMonitorRegistry } from "../../drift/monitor/drift-monitor-registry.ts";
import type { LeaderRound, LeaderTask } from "../leader/leader-loop.ts";
import type { StateStore } from "../store.ts";
import { fleetKey } from "../fleet-key.ts";

/** Agreement of the replicas on learned baselines. Baselines from a file or the registry are never replaced. */
export class BaselineAgreement implements LeaderTask {
  readonly #monitors: DriftMonitorRegistry;
  readonly #store: Pick<StateStore, "getDocument">;
  /** Monitors that use the agreed baseline. */
  readonly #agreed = new WeakSet<DriftMonitor>();
  #isFollowing = false;

  constructor(monitors: DriftMonitorRegistry, store: Pick<StateStore, "getDocument">) {
    this.#monitors = monitors;
    this.#store = store;
  }

  /** Adopts the agreed baselines where this replica has learned or is learning its own. One call at a time; never rejects. */
  async follow(nowMs: number): Promise<void> {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    try {
      await this.#followOnce(nowMs);
    } finally {
      this.#isFollowing = false;
    }
  }

  async #followOnce(nowMs: number): Promise<void> {
    for (const monitor of this.#monitors.all.filter((candidate) => this.#isOpen(candidate))) {
      const agreed = await this.#store.getDocument(keyOf(monitor));
      if (agreed.kind === "done" && agreed.value !== undefined) this.#use(monitor, agreed.value.json, nowMs);
    }
  }

  /** As the leader: makes this replica's learned baselines those of all, where the store has no valid one. */
  async runAsLeader(round: LeaderRound): Promise<void> {
    const isDue = (monitor: DriftMonitor): boolean => round.ended.length > 0 || this.#isOpen(monitor);
    for (const monitor of this.#monitors.all.filter((candidate) => isLearned(candidate) && isDue(candidate))) {
      const agreed = await round.getDocument(keyOf(monitor));
      if (agreed !== undefined && this.#use(monitor, agreed.json, round.nowMs)) continue;
      const own = monitor.baseline;
      if (own === undefined) continue;
      const isWritten = await round.putDocument(keyOf(monitor), writeBaseline(own));
      if (isWritten && monitor.baseline === own) this.#agreed.add(monitor);
    }
  }

  /** True while this monitor may adopt an agreed baseline. */
  #isOpen(monitor: DriftMonitor): boolean {
    return !this.#agreed.has(monitor) && (monitor.baseline === undefined || isLearned(monitor));
  }

  /** Adopts the document, unless the monitor got a baseline in the meantime. False when the document is not a valid baseline. */
  #use(monitor: DriftMonitor, json: string, nowMs: number): boolean {
    if (!this.#isOpen(monitor)) return true;
    const result = readBaseline(json);
    if (result.kind !== "baseline") return false;
    const isOwn = monitor.baseline !== undefined && writeBaseline(monitor.baseline) === json;
    if (!isOwn) monitor.useBaseline(result.baseline, nowMs);
    this.#agreed.add(monitor);
    return true;
  }
}

const isLearned = ({ baseline }: DriftMonitor): boolean => baseline?.source.kind === "learned";

const keyOf = ({ subject }: DriftMonitor): string => fleetKey(["baseline"], subject);
