/** Drift and accuracy, in words. */
import type { AccuracyReading, DriftReading, Finding } from "../sidecar/telemetry-reading.ts";
import type { TallyReading } from "../traffic/tally.ts";

/** A finding as `mean radius critical, PSI 8.12`. */
export function findingWords({ kind, name, state, psi }: Finding): string {
  return `${kind === "feature" ? name : `the ${kind}`} ${state}, PSI ${psi.toFixed(2)}`;
}

/** Findings that one line names; the worst come first. */
const namedFindings = 3;

/** What was found, in one line; before the first verdict, why there is none. */
export function verdictWords({ findings, features, windowRequests, reason }: DriftReading): string {
  if (windowRequests === 0) {
    return `no verdict yet: ${reason}`;
  }
  if (findings.length === 0) {
    return `none in ${features} features`;
  }
  const rest = findings.length - namedFindings;
  return [...findings.slice(0, namedFindings).map(findingWords), ...(rest > 0 ? [`${rest} more`] : [])].join("; ");
}

type Counted = Pick<TallyReading, "predictions" | "rightPredictions">;

/** What clients counted, over all and, when there was a change, since it; `before` is what they had counted then. */
export function accuracyWords(clients: Counted, before: Counted | undefined): string {
  const since: Counted = {
    predictions: clients.predictions - (before?.predictions ?? 0),
    rightPredictions: clients.rightPredictions - (before?.rightPredictions ?? 0),
  };
  const whole = clients.predictions === 0 ? "none yet" : `${rightShare(clients)} of ${clients.predictions} right`;
  return before === undefined || since.predictions === 0 ? whole : `${whole}, ${rightShare(since)} since the change`;
}

const rightShare = ({ predictions, rightPredictions }: Counted): string => percent(rightPredictions / predictions);

/** What the sidecar counted from labels. */
export function labelWords(accuracy: AccuracyReading | undefined): string {
  if (accuracy === undefined || accuracy.accuracy === null) {
    return "none yet";
  }
  const { labels, lower, upper, baseline, dropped } = accuracy;
  const bounds = `${((lower ?? 0) * 100).toFixed(1)} to ${percent(upper ?? 1)}`;
  const reference = baseline === null ? "" : `; baseline ${percent(baseline)}${dropped ? ": dropped" : ""}`;
  return `${percent(accuracy.accuracy)} of ${labels} right (${bounds}${reference})`;
}

/** A share from 0 to 1 in percent, with one decimal. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
