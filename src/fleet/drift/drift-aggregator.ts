/** Drift of a fleet: each replica publishes its counts, the leader adds them up and judges the sum. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Baseline } from "../../drift/baseline/baseline.ts";
import type { DriftMonitor, WindowSnapshot } from "../../drift/monitor/drift-monitor.ts";
import type { DriftMonitorRegistry, MonitorWindows } from "../../drift/monitor/drift-monitor-registry.ts";
import type { DriftReport, ReportOptions } from "../../drift/monitor/drift-report.ts";
import { FleetDrift } from "../../drift/monitor/fleet-drift.ts";
import { noNames } from "../../drift/window/seen-names.ts";
import type { Thresholds } from "../../drift/verdict/verdict.ts";
import type { ModelLabels } from "../../metrics/model-labels.ts";
import type { ContributionSource } from "../counts/counts-publisher.ts";
import type { LeaderRound, LeaderTask } from "../leader/leader-loop.ts";
import { stateLimits, type Contribution, type Window } from "../store.ts";
import { ClosedWindows } from "../closed-windows.ts";
import { parseDocument, reportJson, reportKey, stateKey } from "./drift-documents.ts";
import { parseFleetKey, fleetKey } from "../fleet-key.ts";
import { namedCountsOf, seenNamesOf } from "./name-counts.ts";

/** Options of {@link DriftAggregator}. */
export interface DriftAggregatorOptions {
  readonly monitors: DriftMonitorRegistry;
  /** Lengths of all windows; verdicts are based on the first. */
  readonly windowsMs: readonly [number, ...number[]];
  readonly thresholds: Thresholds;
  readonly maxFeatures: number;
  /** How long closed windows are published again. */
  readonly keepMs: number;
}

/** The engine of one model. */
interface ModelEngine {
  readonly baseline: Baseline;
  readonly engine: FleetDrift;
  /** Token under which its state was loaded: under a later one, another replica may have led in between. */
  readonly token: number;
}

/** See the top of this file. The leader judges with the same engine as a single replica. */
export class DriftAggregator implements ContributionSource, LeaderTask {
  readonly #options: DriftAggregatorOptions;
  readonly #closed: ClosedWindows;
  readonly #engines = new Map<string, ModelEngine>();
  #mismatched = 0;
  /** Sum of the versions of engines that were replaced because the baseline changed. */
  #replacedVersions = 0;

  constructor(options: DriftAggregatorOptions) {
    this.#options = options;
    this.#closed = new ClosedWindows(options.keepMs);
  }

  /** Windows left out because their replica counts by another baseline than the leader. */
  get mismatchedTotal(): number {
    return this.#mismatched;
  }

  /** Changes whenever a report may have changed. */
  get version(): number {
    return [...this.#engines.values()].reduce((sum, { engine }) => sum + engine.version + 1, this.#replacedVersions);
  }

  /** Reports on what this replica decided as the leader. */
  reports(options: ReportOptions = {}): readonly DriftReport[] {
    return Array.from(this.#engines.values(), ({ engine }) => engine.report(options));
  }

  /** Takes the final counts of closed windows, to be published again until the leader has read them. */
  addClosed(closed: readonly MonitorWindows[]): void {
    for (const { monitor, windows } of closed) {
      for (const window of windows) {
        const copy = { ...window, counts: window.counts.slice() };
        for (const contribution of contributionsOf(monitor, copy)) this.#closed.add(contribution);
      }
    }
  }

  *contributions(nowMs: number): Generator<Contribution> {
    yield* this.#closed.current(nowMs);
    for (const monitor of this.#options.monitors.all) {
      for (const windowMs of this.#options.windowsMs) {
        const open = monitor.counts(windowMs);
        if (open !== undefined) yield* contributionsOf(monitor, open);
      }
    }
  }

  /** Decides on ended windows. Rejects when the store fails; the next round offers the same windows. */
  async runAsLeader(round: LeaderRound): Promise<void> {
    for (const window of round.ended) {
      if (!this.#options.windowsMs.includes(window.windowMs)) continue;
      for (const key of await round.keys(window)) {
        const { parts, labels } = parseFleetKey(key) ?? {};
        if (parts?.[0] === "drift" && labels !== undefined) await this.#decide(round, window, { key, labels });
      }
    }
  }

  async #decide(
    round: LeaderRound,
    window: Window,
    of: { readonly key: string; readonly labels: ModelLabels },
  ): Promise<void> {
    const engine = await this.#engineOf(round, of);
    if (engine === undefined) {
      this.#mismatched++;
      return;
    }
    const { counts } = await round.read(of.key, window);
    if (!(counts instanceof Float64Array)) return;
    const names = (await round.read(of.key.replace(/^drift/, "names"), window)).counts;
    engine.decide({ ...window, counts }, names instanceof Map ? seenNamesOf(names) : noNames);
    while (engine.step()) await nextTurn();
    const json = await reportJson((options) => engine.report(options), stateLimits.documentChars);
    if (json !== undefined) await round.putDocument(reportKey(of.labels), json);
    await round.putDocument(stateKey(of.labels), JSON.stringify(engine.saveState()));
  }

  /** The engine of a model; undefined when the counts are by another baseline. */
  async #engineOf(
    round: LeaderRound,
    { key, labels }: { readonly key: string; readonly labels: ModelLabels },
  ): Promise<FleetDrift | undefined> {
    const baseline = this.#options.monitors.follow(labels, round.nowMs)?.baseline;
    if (baseline === undefined) return undefined;
    const name = fleetKey([], labels);
    const known = this.#engines.get(name);
    const isCurrent = known?.baseline === baseline && known.token === round.token;
    const current = isCurrent ? known : await this.#loadEngine(round, labels, { known, baseline });
    this.#engines.set(name, current);
    return parseFleetKey(key)?.parts[1] === current.engine.digest ? current.engine : undefined;
  }

  /** The engine for this baseline, with the last leader's saved state if that is newer than its own. */
  async #loadEngine(
    round: LeaderRound,
    labels: ModelLabels,
    { known, baseline }: { readonly known: ModelEngine | undefined; readonly baseline: Baseline },
  ): Promise<ModelEngine> {
    const saved = await round.getDocument(stateKey(labels));
    const isSame = known?.baseline === baseline;
    if (known !== undefined && !isSame) this.#replacedVersions += known.engine.version + 1;
    const engine = isSame ? known.engine : this.#newEngine(labels, baseline);
    if (saved !== undefined) engine.loadState(parseDocument(saved.json));
    return { baseline, engine, token: round.token };
  }

  #newEngine(labels: ModelLabels, baseline: Baseline): FleetDrift {
    const { windowsMs, thresholds, maxFeatures } = this.#options;
    return new FleetDrift(labels, { baseline, windowMs: windowsMs[0], thresholds, maxFeatures });
  }
}

function* contributionsOf({ subject }: DriftMonitor, window: WindowSnapshot): Generator<Contribution> {
  const { digest, windowMs, windowIndex, counts, names } = window;
  yield { key: fleetKey(["drift", digest], subject), windowMs, windowIndex, counts };
  const named = namedCountsOf(names);
  if (named.size > 0) yield { key: fleetKey(["names", digest], subject), windowMs, windowIndex, counts: named };
}
