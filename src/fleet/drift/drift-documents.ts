/** Documents that the leader writes about drift: their keys, and their size. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { DriftReport, ReportOptions } from "../../drift/monitor/drift-report.ts";
import type { ModelLabels } from "../../metrics/model-labels.ts";
import { fleetKey } from "../fleet-key.ts";

/** Key of the leader's last report on a model. */
export const reportKey = (labels: ModelLabels): string => fleetKey(["report"], labels);

/** Key of the engine's state, from which the next leader continues. */
export const stateKey = (labels: ModelLabels): string => fleetKey(["state"], labels);

/**
 * The report as JSON of at most `maxChars`: complete, or else without histograms, or else with as many of the worst
 * targets as fit. Undefined when none fit. Yields to the event loop between the steps, which take some milliseconds each
 * for 500 features.
 */
export async function reportJson(
  report: (options: ReportOptions) => DriftReport,
  maxChars: number,
): Promise<string | undefined> {
  for (const withCells of [true, false]) {
    const whole = report({ withCells });
    await nextTurn();
    const json = JSON.stringify(whole);
    if (json.length <= maxChars) return json;
  }
  let part: DriftReport = { ...report({ withCells: false }), long_windows: [] };
  while (part.targets.length > 0) {
    await nextTurn();
    part = { ...part, targets: part.targets.slice(0, Math.floor(part.targets.length / 2)) };
    const json = JSON.stringify(part);
    if (json.length <= maxChars) return json;
  }
  return undefined;
}

/** The value of a document; undefined when its text is not JSON (another program wrote it). */
export function parseDocument(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
