/** Latency of a fleet: each replica publishes its histogram of a window, the leader adds them up cell by cell. */
import {
  latencyCounts,
  latencyCountsSince,
  latencyHdrOf,
  latencyQuantileSeconds,
} from "../metrics/requests/fleet-latency.ts";
import type { ModelLabels } from "../metrics/model-labels.ts";
import { addLatencies, createLatencyHdr, type LatencyHdr } from "../metrics/requests/latency-hdr.ts";
import type { RequestMetrics } from "../metrics/requests/request-metrics.ts";
import type { ContributionSource } from "./counts/counts-publisher.ts";
import type { LeaderRound, LeaderTask } from "./leader/leader-loop.ts";
import type { Contribution } from "./store.ts";
import { ClosedWindows } from "./closed-windows.ts";
import { parseFleetKey, fleetKey } from "./fleet-key.ts";

/** Quantiles of all replicas' requests in one window, seconds. */
export interface FleetLatency {
  readonly from_ms: number;
  readonly to_ms: number;
  readonly requests: number;
  readonly p50_seconds: number;
  readonly p95_seconds: number;
  readonly p99_seconds: number;
}

/** A model's histogram at the start of the window. */
interface Start {
  readonly total: number;
  readonly counts: Float64Array;
}

/** A window begins with the first publication in it, so its edges are exact to one flush interval. */
export class LatencyAggregator implements ContributionSource, LeaderTask {
  readonly #requests: Pick<RequestMetrics, "labelSets">;
  readonly #windowMs: number;
  readonly #closed: ClosedWindows;
  readonly #starts = new Map<string, Start>();
  #index = -1;
  #last: FleetLatency | undefined;

  constructor(requests: Pick<RequestMetrics, "labelSets">, windowMs: number, keepMs: number) {
    this.#requests = requests;
    this.#windowMs = windowMs;
    this.#closed = new ClosedWindows(keepMs);
  }

  /** The last window that this replica decided as the leader; undefined before. */
  get last(): FleetLatency | undefined {
    return this.#last;
  }

  *contributions(nowMs: number): Generator<Contribution> {
    const index = Math.floor(nowMs / this.#windowMs);
    // As for drift, a clock set back by less than a window changes nothing.
    if (index !== this.#index && index !== this.#index - 1) this.#beginWindow(index);
    yield* this.#closed.current(nowMs);
    yield* this.#open();
  }

  async runAsLeader(round: LeaderRound): Promise<void> {
    for (const window of round.ended.filter(({ windowMs }) => windowMs === this.#windowMs)) {
      const sum = createLatencyHdr();
      for (const key of await round.keys(window)) {
        if (parseFleetKey(key)?.parts[0] !== "latency") continue;
        const { counts } = await round.read(key, window);
        const hdr = counts instanceof Float64Array ? latencyHdrOf(counts) : undefined;
        if (hdr !== undefined) addLatencies(sum, hdr);
      }
      if (sum.totalCount === 0) continue;
      this.#last = describe(sum, window.windowIndex * window.windowMs, window.windowMs);
      await round.putDocument(fleetLatencyKey, JSON.stringify(this.#last));
    }
  }

  /** Closes the current window and begins the next. */
  #beginWindow(index: number): void {
    for (const contribution of this.#open()) this.#closed.add(contribution);
    // Requests before the first publication belong to the first window.
    const isFirst = this.#index < 0;
    this.#index = index;
    this.#starts.clear();
    if (isFirst) return;
    for (const { labels, hdr } of this.#histograms()) {
      this.#starts.set(keyOf(labels), { total: hdr.totalCount, counts: latencyCounts(hdr) });
    }
  }

  *#open(): Generator<Contribution> {
    if (this.#index < 0) return;
    for (const { labels, hdr } of this.#histograms()) {
      const key = keyOf(labels);
      const start = this.#starts.get(key);
      if (hdr.totalCount === (start?.total ?? 0)) continue;
      const counts = latencyCountsSince(hdr, start?.counts);
      yield { key, windowMs: this.#windowMs, windowIndex: this.#index, counts };
    }
  }

  *#histograms(): Generator<{ readonly labels: ModelLabels; readonly hdr: LatencyHdr }> {
    for (const labels of this.#requests.labelSets) {
      const hdr = labels.duration?.hdr;
      if (hdr !== undefined) yield { labels, hdr };
    }
  }
}

/** Key of the leader's last figures. */
export const fleetLatencyKey = "latency";

const keyOf = (labels: ModelLabels): string => fleetKey(["latency"], labels);

function describe(hdr: LatencyHdr, fromMs: number, windowMs: number): FleetLatency {
  return {
    from_ms: fromMs,
    to_ms: fromMs + windowMs,
    requests: hdr.totalCount,
    p50_seconds: latencyQuantileSeconds(hdr, 0.5),
    p95_seconds: latencyQuantileSeconds(hdr, 0.95),
    p99_seconds: latencyQuantileSeconds(hdr, 0.99),
  };
}
