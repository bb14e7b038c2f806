/** Accuracy of a fleet: every replica's sums by time of the prediction, added up by the leader. */
import type { AccuracyContribution, LabelMonitor, ModelAccuracy } from "../accuracy/label-monitor.ts";
import type { ModelLabels } from "../metrics/requests/label-sets.ts";
import type { ContributionSource } from "./fleet-member.ts";
import type { LeaderRound } from "./leader/leader-loop.ts";
import type { Contribution } from "./store.ts";
import { done } from "./drift/drift-aggregator.ts";
import { parseFleetKey, fleetKey } from "./fleet-key.ts";

/** All windows are published again after so long: the store may have lost them. */
const republishMs = 60_000;

/** Between two looks of the leader at all windows of all replicas. */
const leadEveryMs = 15_000;

/**
 * Labels come for hours after a prediction, so windows stay open: what has changed is published, and the leader adds up
 * whatever is there.
 */
export class AccuracyAggregator implements ContributionSource {
  readonly #labels: LabelMonitor;
  /** What has been published of each window. */
  #published = new Map<string, number>();
  #publishedAllAtMs = -Infinity;
  #ledAtMs = -Infinity;
  #reports: readonly ModelAccuracy[] = [];

  constructor(labels: LabelMonitor) {
    this.#labels = labels;
  }

  /** What this replica found last as the leader. */
  reports(): readonly ModelAccuracy[] {
    return this.#reports;
  }

  *contributions(nowMs: number): Generator<Contribution> {
    const isForAll = nowMs - this.#publishedAllAtMs > republishMs || nowMs < this.#publishedAllAtMs;
    if (isForAll) this.#publishedAllAtMs = nowMs;
    const before = this.#published;
    this.#published = new Map();
    for (const contribution of this.#labels.contributions()) {
      const key = keyOf(contribution);
      this.#published.set(key, contribution.revision);
      if (!isForAll && before.get(key) === contribution.revision) continue;
      yield { key, ...this.#span(contribution.fromMs), counts: contribution.fields() };
    }
  }

  async lead(turn: LeaderRound): Promise<void> {
    if (Math.abs(turn.nowMs - this.#ledAtMs) < leadEveryMs) return;
    this.#ledAtMs = turn.nowMs;
    // Added one by one, as they are read: all at once they would hold up requests.
    const sums = this.#labels.fleetAccuracy();
    const now = this.#span(turn.nowMs);
    for (const span of [{ ...now, windowIndex: now.windowIndex - 1 }, now]) {
      for (const key of done(await turn.keys(span))) {
        const labels = this.#currentLabels(key, turn.nowMs);
        if (labels === undefined) continue;
        const { counts } = done(await turn.read(key, span));
        if (counts instanceof Map) sums.add(labels, counts);
      }
    }
    this.#reports = sums.report();
    done(await turn.putDocument(fleetAccuracyKey, JSON.stringify(this.#reports)));
  }

  /** The model of a key whose window is still kept. */
  #currentLabels(key: string, nowMs: number): ModelLabels | undefined {
    const { parts, labels } = parseFleetKey(key) ?? {};
    const { windowMs, kept } = this.#labels.plan;
    const isKept = parts?.[0] === "accuracy" && Number(parts[1]) > nowMs - windowMs * kept;
    return isKept ? labels : undefined;
  }

  /** The slice of the shared state that holds windows of this time: no length that the leader ends and freezes. */
  #span(timeMs: number): { readonly windowMs: number; readonly windowIndex: number } {
    const windowMs = this.#labels.plan.windowMs * this.#labels.plan.kept + 1;
    return { windowMs, windowIndex: Math.floor(timeMs / windowMs) };
  }
}

/** Where the leader's last report is. */
export const fleetAccuracyKey = "accuracy";

const keyOf = (of: AccuracyContribution): string => fleetKey(["accuracy", String(of.fromMs)], of);
