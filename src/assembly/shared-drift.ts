/** Drift of a fleet: what this replica adds to it, and how the leader decides on the sum. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Baseline } from "../drift/baseline.ts";
import type { DriftMonitor, WindowSnapshot } from "../drift/drift-monitor.ts";
import type { DriftMonitors, MonitorWindows } from "../drift/drift-monitors.ts";
import type { DriftReport } from "../drift/drift-report.ts";
import { FleetDrift } from "../drift/fleet-drift.ts";
import { noNames } from "../drift/seen-names.ts";
import type { Thresholds } from "../drift/verdict.ts";
import type { ModelLabels } from "../metrics/label-sets.ts";
import type { ContributionSource } from "../state/fleet.ts";
import type { LeaderTurn } from "../state/leader-turn.ts";
import type { Contribution, Outcome, Window } from "../state/store.ts";
import { ClosedWindows } from "./closed-windows.ts";
import { readSharedKey, sharedKey } from "./shared-key.ts";
import { namedCountsOf, seenNamesOf } from "./shared-names.ts";

/** What {@link SharedDrift} is told. */
export interface SharedDriftOptions {
  readonly monitors: DriftMonitors;
  /** Lengths of all windows, the deciding one first. */
  readonly windowsMs: readonly [number, ...number[]];
  readonly thresholds: Thresholds;
  readonly maxFeatures: number;
  /** How long windows that are over are published on. */
  readonly keepMs: number;
}

/** Each replica counts for itself; the leader adds up, and judges with the same engine as for one replica. */
export class SharedDrift implements ContributionSource {
  readonly #options: SharedDriftOptions;
  readonly #closed: ClosedWindows;
  readonly #fleets = new Map<string, { readonly baseline: Baseline; readonly drift: FleetDrift }>();
  #mismatched = 0;

  constructor(options: SharedDriftOptions) {
    this.#options = options;
    this.#closed = new ClosedWindows(options.keepMs);
  }

  /** Windows of replicas that count by another baseline than the leader: they cannot be added and were left out. */
  get mismatchedTotal(): number {
    return this.#mismatched;
  }

  /** A number that changes whenever a report may have. */
  get version(): number {
    return [...this.#fleets.values()].reduce((sum, { drift }) => sum + drift.version + 1, 0);
  }

  /** What this replica decided as the leader. */
  reports(): readonly DriftReport[] {
    return Array.from(this.#fleets.values(), ({ drift }) => drift.report());
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
  async lead(turn: LeaderTurn): Promise<void> {
    for (const window of turn.ended) {
      if (!this.#options.windowsMs.includes(window.windowMs)) continue;
      for (const key of done(await turn.keys(window))) {
        const { parts, labels } = readSharedKey(key) ?? {};
        if (parts?.[0] === "drift" && labels !== undefined) await this.#decide(turn, window, { key, labels });
      }
    }
  }

  async #decide(
    turn: LeaderTurn,
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
    done(await turn.publishVerdict(reportKey(of.labels), JSON.stringify(fleet.report())));
    done(await turn.publishVerdict(stateKey(of.labels), JSON.stringify(fleet.saveState())));
  }

  /** The engine for a model, going on from what the last leader saved; nothing when the counts are by another baseline. */
  async #fleetOf(
    turn: LeaderTurn,
    { key, labels }: { readonly key: string; readonly labels: ModelLabels },
  ): Promise<FleetDrift | undefined> {
    const { monitors, windowsMs, thresholds, maxFeatures } = this.#options;
    const baseline = monitors.follow(labels, turn.nowMs)?.baseline;
    if (baseline === undefined) return undefined;
    const name = sharedKey([], labels);
    let known = this.#fleets.get(name);
    if (known === undefined || known.baseline !== baseline) {
      const drift = new FleetDrift(labels, { baseline, windowMs: windowsMs[0], thresholds, maxFeatures });
      const saved = done(await turn.readVerdict(stateKey(labels)));
      if (saved !== undefined) drift.loadState(parse(saved.json));
      known = { baseline, drift };
      this.#fleets.set(name, known);
    }
    return readSharedKey(key)?.parts[1] === known.drift.digest ? known.drift : undefined;
  }
}

/** Where the leader's last report of a model is. */
export const reportKey = (labels: ModelLabels): string => sharedKey(["report"], labels);

const stateKey = (labels: ModelLabels): string => sharedKey(["state"], labels);

function* contributionsOf({ subject }: DriftMonitor, window: WindowSnapshot): Generator<Contribution> {
  const { digest, windowMs, windowIndex, counts, names } = window;
  yield { key: sharedKey(["drift", digest], subject), windowMs, windowIndex, counts };
  const named = namedCountsOf(names);
  if (named.size > 0) yield { key: sharedKey(["names", digest], subject), windowMs, windowIndex, counts: named };
}

/** The value of a call that succeeded; throws for one that failed, so that the turn is tried again. */
export function done<T>(outcome: Outcome<T>): T {
  if (outcome.kind === "failed") throw new Error(`the shared state failed: ${outcome.reason}`);
  return outcome.value;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
