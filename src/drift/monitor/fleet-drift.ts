/** Drift of a fleet: the leader adds the counts of all replicas and judges the sum. */
import { DriftEngine, type EngineOptions, type SavedEngine } from "./drift-engine.ts";
import { buildReport, type DriftReport, type DriftSubject, type ReportOptions } from "./drift-report.ts";
import { NameCollector, noNames, type SeenNames } from "../window/seen-names.ts";

/** Merged counts of one window that is over. */
export interface MergedWindow {
  readonly windowMs: number;
  readonly windowIndex: number;
  /** The sum of the replicas' vectors; they must have the same layout digest. Not changed afterwards. */
  readonly counts: Float64Array;
}

/**
 * The same engine as for one replica, fed with sums; the scores of replicas must not be averaged. A new leader loads
 * the last one's state and continues.
 */
export class FleetDrift {
  readonly #engine: DriftEngine;
  readonly #subject: DriftSubject;

  constructor(subject: Omit<DriftSubject, "scope">, options: EngineOptions) {
    this.#engine = new DriftEngine(options);
    this.#subject = { ...subject, scope: "fleet" };
  }

  /** Digest of the layout: only vectors with the same digest may be added. See `CellLayout.digest`. */
  get digest(): string {
    return this.#engine.layout.digest;
  }

  /** Changes whenever the report does. */
  get version(): number {
    return this.#engine.version;
  }

  /**
   * Adds a window. Windows of the deciding length arrive once each and in order; other lengths are only shown. Returns
   * false for a window that was decided before (by this leader or the last one) or does not fit. `names` are the names
   * found by the replicas.
   */
  decide({ windowMs, windowIndex, counts }: MergedWindow, names: SeenNames = noNames): boolean {
    const collector = new NameCollector();
    collector.add(names);
    return this.#engine.decide({ windowMs, windowIndex, counts: { vector: counts, names: collector } });
  }

  /**
   * Judges for at most about 0.5 ms; returns false when there is nothing left to do. Report and state change at the
   * end only.
   */
  step(): boolean {
    return this.#engine.step();
  }

  report(options: ReportOptions = {}): DriftReport {
    return buildReport({ subject: this.#subject, engine: this.#engine, options });
  }

  /** State for the next leader; valid once {@link FleetDrift.step} has returned false. JSON-able. */
  saveState(): SavedEngine {
    return this.#engine.save();
  }

  /** Restores another leader's state. Returns false and changes nothing when it is of another baseline or malformed. */
  loadState(saved: unknown): boolean {
    return this.#engine.load(saved);
  }
}
