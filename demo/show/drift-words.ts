/** What the sidecar says of drift, in words. */
import type { DriftReading, Finding } from "../sidecar/insight-reading.ts";

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
