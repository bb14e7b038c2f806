import type { DriftReport } from "../../drift/monitor/drift-report.ts";
import { worseState, type DriftState } from "../../drift/verdict/history.ts";

/** Exit code for each state; 1 and 2 are those of failures. */
export const driftExitCodes: Readonly<Record<DriftState, number>> = { ok: 0, critical: 3, warn: 4, not_ready: 5 };

/** The code of the worst report; not ready when there is none. */
export function driftExitCode(reports: readonly Pick<DriftReport, "state">[]): number {
  return driftExitCodes[reports.reduce<DriftState>((worst, { state }) => worseState(worst, state), "not_ready")];
}
