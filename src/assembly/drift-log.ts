/** Tells the log what changes about drift: which baseline is in force, and which features drift or do no longer. */
import type { DriftReport } from "../drift/monitor/drift-report.ts";
import type { Log } from "../logging/logger.ts";

/** What was last told of a model. */
interface Told {
  readonly baseline: string;
  readonly drifting: readonly string[];
}

/** Features named in one line. */
const maxNames = 10;

/** See the top of the file. One line when something changes, none when all stays as it was. */
export class DriftLog {
  readonly #log: Pick<Log["logger"], "info" | "warn">;
  readonly #told = new Map<string, Told>();

  constructor(log: Pick<Log["logger"], "info" | "warn">) {
    this.#log = log;
  }

  /** Compares with what was told before. One entry a model, and models are bounded. */
  note(reports: readonly DriftReport[]): void {
    for (const report of reports) this.#noteOne(report);
  }

  #noteOne(report: DriftReport): void {
    const { model, version, variant, scope, baseline, targets } = report;
    const key = JSON.stringify([scope, model, version, variant]);
    const before = this.#told.get(key) ?? { baseline: "", drifting: [] };
    const drifting = targets.filter(({ state }) => state === "warn" || state === "critical").map(({ name }) => name);
    const now: Told = { baseline: baseline === null ? "" : `${baseline.digest} ${baseline.created_at}`, drifting };
    this.#told.set(key, now);
    const of = { model, version, variant, scope };
    if (baseline !== null && now.baseline !== before.baseline) {
      const { kind, name, digest, rows, features } = baseline;
      this.#log.info(
        { ...of, baseline: { kind, name, digest, rows, features } },
        "drift is measured against a baseline",
      );
    }
    const begun = drifting.filter((name) => !before.drifting.includes(name));
    const ended = before.drifting.filter((name) => !drifting.includes(name));
    if (begun.length > 0) {
      const fields = { ...of, state: report.state, features: begun.slice(0, maxNames), count: begun.length };
      this.#log.warn(fields, `drift: ${nameList(begun)}`);
    }
    if (ended.length > 0) {
      const fields = { ...of, state: report.state, features: ended.slice(0, maxNames), count: ended.length };
      this.#log.info(fields, `no drift any more: ${nameList(ended)}`);
    }
  }
}

function nameList(names: readonly string[]): string {
  const more = names.length - maxNames;
  return `${names.slice(0, maxNames).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
