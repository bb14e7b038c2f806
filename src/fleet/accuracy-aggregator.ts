/** Accuracy of a fleet: each replica publishes its sums by time of the prediction, the leader adds them up. */
import type { AccuracyContribution, LabelMonitor, ModelAccuracy } from "../accuracy/label-monitor.ts";
import type { ModelLabels } from "../metrics/model-labels.ts";
import type { ContributionSource } from "./counts/counts-publisher.ts";
import type { LeaderRound, LeaderTask } from "./leader/leader-loop.ts";
import type { Contribution } from "./store.ts";
import { parseFleetKey, fleetKey } from "./fleet-key.ts";

/** All windows are published again this often: the store may have lost them. */
const republishMs = 60_000;

/** How often the leader adds up all windows of all replicas. */
const sumEveryMs = 15_000;

/**
 * Labels arrive for hours after a prediction, so windows stay open: each replica publishes what has changed, and the
 * leader adds up the counts published so far.
 */
export class AccuracyAggregator implements ContributionSource, LeaderTask {
  readonly #labels: LabelMonitor;
  /** The published revision of each window. */
  #published = new Map<string, number>();
  #publishedAllAtMs = -Infinity;
  #summedAtMs = -Infinity;
  #reports: readonly ModelAccuracy[] = [];

  constructor(labels: LabelMonitor) {
    this.#labels = labels;
  }

  /** The last result of this replica as the leader; empty before. */
  reports(): readonly ModelAccuracy[] {
    return this.#reports;
  }

  *contributions(nowMs: number): Generator<Contribution> {
    const isFull = nowMs - this.#publishedAllAtMs > republishMs || nowMs < this.#publishedAllAtMs;
    if (isFull) this.#publishedAllAtMs = nowMs;
    const before = this.#published;
    this.#published = new Map();
    for (const contribution of this.#labels.contributions()) {
      const key = keyOf(contribution);
      this.#published.set(key, contribution.revision);
      if (!isFull && before.get(key) === contribution.revision) continue;
      yield { key, ...this.#span(contribution.fromMs), counts: contribution.fields() };
    }
  }

  async runAsLeader(round: LeaderRound): Promise<void> {
    if (Math.abs(round.nowMs - this.#summedAtMs) < sumEveryMs) return;
    this.#summedAtMs = round.nowMs;
    // Added one by one as they are read: all at once would block requests.
    const sums = this.#labels.fleetAccuracy();
    const now = this.#span(round.nowMs);
    for (const span of [{ ...now, windowIndex: now.windowIndex - 1 }, now]) {
      for (const key of await round.keys(span)) {
        const labels = this.#currentLabels(key, round.nowMs);
        if (labels === undefined) continue;
        const { counts } = await round.read(key, span);
        if (counts instanceof Map) sums.add(labels, counts);
      }
    }
    this.#reports = sums.report();
    await round.putDocument(fleetAccuracyKey, JSON.stringify(this.#reports));
  }

  /** The labels of a key whose window is still kept. */
  #currentLabels(key: string, nowMs: number): ModelLabels | undefined {
    const { parts, labels } = parseFleetKey(key) ?? {};
    const { windowMs, kept } = this.#labels.plan;
    const isKept = parts?.[0] === "accuracy" && Number(parts[1]) > nowMs - windowMs * kept;
    return isKept ? labels : undefined;
  }

  /** The window of the shared state that holds the windows of this time. Its length is none that the leader freezes. */
  #span(timeMs: number): { readonly windowMs: number; readonly windowIndex: number } {
    const windowMs = this.#labels.plan.windowMs * this.#labels.plan.kept + 1;
    return { windowMs, windowIndex: Math.floor(timeMs / windowMs) };
  }
}

/** Key of the leader's last report. */
export const fleetAccuracyKey = "accuracy";

const keyOf = (of: AccuracyContribution): string => fleetKey(["accuracy", String(of.fromMs)], of);
