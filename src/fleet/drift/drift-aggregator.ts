/** Drift of a fleet: what this replica adds to it, and how the leader decides on the sum. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Baseline } from "../../drift/baseline/baseline.ts";
import type { DriftMonitor, WindowSnapshot } from "../../drift/monitor/drift-monitor.ts";
import type { DriftMonitors, MonitorWindows } from "../../drift/monitor/drift-monitors.ts";
import type { DriftReport, ReportOptions } from "../../drift/monitor/drift-report.ts";
import { FleetDrift } from "../../drift/monitor/fleet-drift.ts";
import { noNames } from "../../drift/window/seen-names.ts";
import type { Thresholds } from "../../drift/verdict/verdict.ts";
import type { ModelLabels } from "../../metrics/requests/label-sets.ts";
import type { ContributionSource } from "../fleet-member.ts";
import type { LeaderRound } from "../leader/leader-loop.ts";
import { stateLimits, type Contribution, type Outcome, type Window } from "../store.ts";
import { ClosedWindows } from "../closed-windows.ts";
import { reportText } from "./drift-documents.ts";
import { parseFleetKey, fleetKey } from "../fleet-key.ts";
import { namedCountsOf, seenNamesOf } from "./name-counts.ts";

/** Options of {@link DriftAggregator}. */
export interface DriftAggregatorOptions {
  readonly monitors: DriftMonitors;
  /** Lengths of all windows, the deciding one first. */
  readonly windowsMs: readonly [number, ...number[]];
  readonly thresholds: Thresholds;
  readonly maxFeatures: number;
  /** How long windows that are over are published on. */
  readonly keepMs: number;
}

/** The engine of one model. */
interface KnownFleet {
  readonly baseline: Baseline;
  readonly drift: FleetDrift;
  /** Of the lease under which its state was looked up: under a later one, another may have led in between. */
  readonly token: number;
}

/** Each replica counts for itself; the leader adds up, and judges with the same engine as for one replica. */
export class DriftAggregator implements ContributionSource {
  readonly #options: DriftAggregatorOptions;
  readonly #closed: ClosedWindows;
  readonly #fleets = new Map<string, KnownFleet>();
  #mismatched = 0;
  /** Versions of engines that gave way to one of another baseline. */
  #versionBefore = 0;

  constructor(options: DriftAggregatorOptions) {
    this.#options = options;
    this.#closed = new ClosedWindows(options.keepMs);
  }

  /** Windows of replicas that count by another baseline than the leader: they cannot be added and were left out. */
  get mismatchedTotal(): number {
    return this.#mismatched;
  }

  /** A number that changes whenever a report may have. */
  get version(): number {
    return [...this.#fleets.values()].reduce((sum, { drift }) => sum + drift.version + 1, this.#versionBefore);
  }

  /** What this replica decided as the leader. */
  reports(options: ReportOptions = {}): readonly DriftReport[] {
    return Array.from(this.#fleets.values(), ({ drift }) => drift.report(options));
  }

  /** Keeps the final counts of windows that have closed. */
  keep(closed: readonly MonitorWindows[]): void {
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

  /** Decides on windows that are over; rejects when the store fails, to be called again for the same windows. */
  async lead(turn: LeaderRound): Promise<void> {
    for (const window of turn.ended) {
      if (!this.#options.windowsMs.includes(window.windowMs)) continue;
      for (const key of done(await turn.keys(window))) {
        const { parts, labels } = parseFleetKey(key) ?? {};
        if (parts?.[0] === "drift" && labels !== undefined) await this.#decide(turn, window, { key, labels });
      }
    }
  }

  async #decide(
    turn: LeaderRound,
    window: Window,
    of: { readonly key: string; readonly labels: ModelLabels },
  ): Promise<void> {
    const fleet = await this.#fleetOf(turn, of);
    if (fleet === undefined) {
      this.#mismatched++;
      return;
    }
    const { counts } = done(await turn.read(of.key, window));
    if (!(counts instanceof Float64Array)) return;
    const names = done(await turn.read(of.key.replace(/^drift/, "names"), window)).counts;
    fleet.decide({ ...window, counts }, names instanceof Map ? seenNamesOf(names) : noNames);
    while (fleet.step()) await nextTurn();
    const text = await reportText((options) => fleet.report(options), stateLimits.documentChars);
    if (text !== undefined) done(await turn.putDocument(reportKey(of.labels), text));
    done(await turn.putDocument(stateKey(of.labels), JSON.stringify(fleet.saveState())));
  }

  /** The engine for a model; nothing when the counts are by another baseline. */
  async #fleetOf(
    turn: LeaderRound,
    { key, labels }: { readonly key: string; readonly labels: ModelLabels },
  ): Promise<FleetDrift | undefined> {
    const baseline = this.#options.monitors.follow(labels, turn.nowMs)?.baseline;
    if (baseline === undefined) return undefined;
    const name = fleetKey([], labels);
    const known = this.#fleets.get(name);
    const isCurrent = known?.baseline === baseline && known.token === turn.token;
    const current = isCurrent ? known : await this.#renewed(turn, labels, { known, baseline });
    this.#fleets.set(name, current);
    return parseFleetKey(key)?.parts[1] === current.drift.digest ? current.drift : undefined;
  }

  /** An engine for this baseline, going on from what the last leader saved if that is newer than what is known here. */
  async #renewed(
    turn: LeaderRound,
    labels: ModelLabels,
    { known, baseline }: { readonly known: KnownFleet | undefined; readonly baseline: Baseline },
  ): Promise<KnownFleet> {
    const saved = done(await turn.getDocument(stateKey(labels)));
    const isSame = known?.baseline === baseline;
    if (known !== undefined && !isSame) this.#versionBefore += known.drift.version + 1;
    const drift = isSame ? known.drift : this.#newFleet(labels, baseline);
    if (saved !== undefined) drift.loadState(parseDocument(saved.json));
    return { baseline, drift, token: turn.token };
  }

  #newFleet(labels: ModelLabels, baseline: Baseline): FleetDrift {
    const { windowsMs, thresholds, maxFeatures } = this.#options;
    return new FleetDrift(labels, { baseline, windowMs: windowsMs[0], thresholds, maxFeatures });
  }
}

/** Where the leader's last report of a model is. */
export const reportKey = (labels: ModelLabels): string => fleetKey(["report"], labels);

const stateKey = (labels: ModelLabels): string => fleetKey(["state"], labels);

function* contributionsOf({ subject }: DriftMonitor, window: WindowSnapshot): Generator<Contribution> {
  const { digest, windowMs, windowIndex, counts, names } = window;
  yield { key: fleetKey(["drift", digest], subject), windowMs, windowIndex, counts };
  const named = namedCountsOf(names);
  if (named.size > 0) yield { key: fleetKey(["names", digest], subject), windowMs, windowIndex, counts: named };
}

/** The value of a call that succeeded; throws for one that failed, so that the turn is tried again. */
export function done<T>(outcome: Outcome<T>): T {
  if (outcome.kind === "failed") throw new Error(`the shared state failed: ${outcome.reason}`);
  return outcome.value;
}

/** What a verdict says; undefined when somebody else has written something there that is no JSON. */
export function parseDocument(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
