/** The drift state of each model after its last window, for the field `drift` of records. */
import type { DriftReport } from "../drift/monitor/drift-report.ts";
import type { PredictionRecord } from "./prediction-record.ts";

/** The field `drift` of a record. */
export type DriftFlag = NonNullable<PredictionRecord["drift"]>;

/** Maximum number of names of features in a record. */
const maxNames = 20;

/** One flag for each model, version and variant with a report: as many as drift monitors. */
export class DriftFlags {
  #byModel: ReadonlyMap<string, DriftFlag> = new Map();

  /** Replaces all flags with those of the reports; called when a window has been decided. */
  note(reports: readonly Pick<DriftReport, "model" | "version" | "variant" | "state" | "targets">[]): void {
    this.#byModel = new Map(
      reports.map(({ model, version, variant, state, targets }): [string, DriftFlag] => {
        const drifting = targets.filter((target) => target.state === "warn" || target.state === "critical");
        return [
          keyOf(model, version, variant),
          { state, features: drifting.slice(0, maxNames).map(({ name }) => name) },
        ];
      }),
    );
  }

  /** The flag of a model; undefined before its first window. */
  of(model: string, version: string, variant: string): DriftFlag | undefined {
    return this.#byModel.size === 0 ? undefined : this.#byModel.get(keyOf(model, version, variant));
  }
}

const keyOf = (model: string, version: string, variant: string): string => `${model}\u0000${version}\u0000${variant}`;
