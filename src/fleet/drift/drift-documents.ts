/** A fleet's drift as the text that its leader publishes. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { DriftReport, ReportOptions } from "../../drift/monitor/drift-report.ts";

/**
 * The report as JSON of at most `maxChars`: whole, or else without histograms, or else with as many of the worst targets
 * as there is room for. Undefined when not even that is possible. Requests have their turn between the steps, which take
 * some milliseconds each for 500 features.
 */
export async function reportText(
  report: (options: ReportOptions) => DriftReport,
  maxChars: number,
): Promise<string | undefined> {
  for (const withCells of [true, false]) {
    const whole = report({ withCells });
    await nextTurn();
    const text = JSON.stringify(whole);
    if (text.length <= maxChars) return text;
  }
  let part: DriftReport = { ...report({ withCells: false }), long_windows: [] };
  while (part.targets.length > 0) {
    await nextTurn();
    part = { ...part, targets: part.targets.slice(0, Math.floor(part.targets.length / 2)) };
    const text = JSON.stringify(part);
    if (text.length <= maxChars) return text;
  }
  return undefined;
}
