/** Drift of a whole fleet: the counts of all replicas, added up, judged by whoever leads. */
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
 * The same engine as for one replica, fed with sums. Never average the scores of replicas. A new leader loads what the
 * last one saved and goes on where it stopped.
 */
export class FleetDrift {
  readonly #engine: DriftEngine;
  readonly #subject: DriftSubject;

  constructor(subject: Omit<DriftSubject, "scope">, options: EngineOptions) {
    this.#engine = new DriftEngine(options);
    this.#subject = { ...subject, scope: "fleet" };
  }

  /** Which vectors may be added: see `CellLayout.digest`. */
  get digest(): string {
    return this.#engine.layout.digest;
  }

  /** Changes whenever the report does. */
  get version(): number {
    return this.#engine.version;
  }

  /**
   * Takes a window. Windows of the deciding length once each and in order; a length that does not decide is shown. False
   * for one that was decided before (by this leader or the last) or does not fit. `names` are what replicas met.
   */
  decide({ windowMs, windowIndex, counts }: MergedWindow, names: SeenNames = noNames): boolean {
    const collector = new NameCollector();
    collector.add(names);
    return this.#engine.decide({ windowMs, windowIndex, counts: { vector: counts, names: collector } });
  }

  /** Judges a bit further; false when there is nothing to do. The report and the state change at the end only. */
  step(): boolean {
    return this.#engine.step();
  }

  report(options: ReportOptions = {}): DriftReport {
    return buildReport({ subject: this.#subject, engine: this.#engine, options });
  }

  /** What the next leader needs; take it when {@link FleetDrift.step} gave false. JSON-able. */
  saveState(): SavedEngine {
    return this.#engine.save();
  }

  /** Goes on from what another leader saved; false, and nothing is changed, when it is not of this baseline or not whole. */
  loadState(saved: unknown): boolean {
    return this.#engine.load(saved);
  }
}
