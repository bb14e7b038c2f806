/**
 * Replicas that learn their baselines would each learn another one, and counts by different baselines do not add up. So
 * the leader's stands for all: the others take it over, also those that come later.
 */
import { readBaseline, writeBaseline } from "../../drift/baseline/baseline-file.ts";
import type { DriftMonitor } from "../../drift/monitor/drift-monitor.ts";
import type { DriftMonitors } from "../../drift/monitor/drift-monitors.ts";
import type { LeaderRound } from "../leader/leader-loop.ts";
import type { StateStore } from "../store.ts";
import { done } from "./drift-aggregator.ts";
import { fleetKey } from "../fleet-key.ts";

/** Agreement on learned baselines. */
export class BaselineAgreement {
  readonly #monitors: DriftMonitors;
  readonly #store: Pick<StateStore, "getDocument">;
  /** Monitors that use what all use. */
  readonly #agreed = new WeakSet<DriftMonitor>();
  #isFollowing = false;

  constructor(monitors: DriftMonitors, store: Pick<StateStore, "getDocument">) {
    this.#monitors = monitors;
    this.#store = store;
  }

  /** Takes over what was agreed on, where this replica has learned or is learning something else. One call at a time; never rejects. */
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

  /** As the leader: makes what this replica has learned the baseline of all, unless there is one that can be read. */
  async lead(turn: LeaderRound): Promise<void> {
    const isDue = (monitor: DriftMonitor): boolean => turn.ended.length > 0 || this.#isOpen(monitor);
    for (const monitor of this.#monitors.all.filter((candidate) => isLearned(candidate) && isDue(candidate))) {
      const agreed = done(await turn.getDocument(keyOf(monitor)));
      if (agreed !== undefined && this.#use(monitor, agreed.json, turn.nowMs)) continue;
      const own = monitor.baseline;
      if (own === undefined) continue;
      const isWritten = done(await turn.putDocument(keyOf(monitor), writeBaseline(own)));
      if (isWritten && monitor.baseline === own) this.#agreed.add(monitor);
    }
  }

  /** True while nobody has agreed on what this monitor compares with. */
  #isOpen(monitor: DriftMonitor): boolean {
    return !this.#agreed.has(monitor) && (monitor.baseline === undefined || isLearned(monitor));
  }

  /** Uses what was agreed on, unless the monitor got its baseline while that was asked for. False when it is no baseline. */
  #use(monitor: DriftMonitor, json: string, nowMs: number): boolean {
    if (!this.#isOpen(monitor)) return true;
    const reading = readBaseline(json);
    if (reading.kind !== "baseline") return false;
    const isOwn = monitor.baseline !== undefined && writeBaseline(monitor.baseline) === json;
    if (!isOwn) monitor.useBaseline(reading.baseline, nowMs);
    this.#agreed.add(monitor);
    return true;
  }
}

const isLearned = ({ baseline }: DriftMonitor): boolean => baseline?.source.kind === "learned";

const keyOf = ({ subject }: DriftMonitor): string => fleetKey(["baseline"], subject);
