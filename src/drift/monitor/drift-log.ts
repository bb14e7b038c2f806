/** Log lines about changes of drift: a new baseline, and features that begin or cease to drift. */
import type { DriftReport } from "./drift-report.ts";

/** The log that {@link DriftLog} writes to; pino's logger has this shape. */
export interface DriftLogPort {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What the last report of a model said. */
interface LastReport {
  readonly baseline: string;
  readonly drifting: readonly string[];
}

/** Features named in one line. */
const maxNames = 10;

/** Writes a line when a report differs from the model's last one, and none when nothing changed. */
export class DriftLog {
  readonly #log: DriftLogPort;
  readonly #last = new Map<string, LastReport>();

  constructor(log: DriftLogPort) {
    this.#log = log;
  }

  /** Compares reports with the last ones of the same models. Keeps one entry a model, and models are bounded. */
  note(reports: readonly DriftReport[]): void {
    for (const report of reports) this.#noteOne(report);
  }

  #noteOne(report: DriftReport): void {
    const { model, version, variant, scope, baseline, targets } = report;
    const key = JSON.stringify([scope, model, version, variant]);
    const before = this.#last.get(key) ?? { baseline: "", drifting: [] };
    const drifting = targets.filter(({ state }) => state === "warn" || state === "critical").map(({ name }) => name);
    const now: LastReport = {
      baseline: baseline === null ? "" : `${baseline.digest} ${baseline.created_at}`,
      drifting,
    };
    this.#last.set(key, now);
    const of = { model, version, variant, scope };
    if (baseline !== null && now.baseline !== before.baseline) {
      const { kind, name, digest, rows, features } = baseline;
      this.#log.info({ ...of, baseline: { kind, name, digest, rows, features } }, "drift: new baseline");
    }
    const begun = drifting.filter((name) => !before.drifting.includes(name));
    const ended = before.drifting.filter((name) => !drifting.includes(name));
    if (begun.length > 0) {
      const fields = { ...of, state: report.state, features: begun.slice(0, maxNames), count: begun.length };
      this.#log.warn(fields, `drift detected: ${nameList(begun)}`);
    }
    if (ended.length > 0) {
      const fields = { ...of, state: report.state, features: ended.slice(0, maxNames), count: ended.length };
      this.#log.info(fields, `drift ended: ${nameList(ended)}`);
    }
  }
}

function nameList(names: readonly string[]): string {
  const more = names.length - maxNames;
  return `${names.slice(0, maxNames).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
