/** States of drift as words and as exit codes. */
import type { DriftReport } from "../../drift/monitor/drift-report.ts";
import { worseState, type DriftState } from "../../drift/verdict/history.ts";

/** Exit code for each state; 1 and 2 are those of failures. */
export const driftExitCodes: Readonly<Record<DriftState, number>> = { ok: 0, critical: 3, warn: 4, not_ready: 5 };

/** Exit code of the worst report; `not_ready` when there is none. */
export function driftExitCode(reports: readonly Pick<DriftReport, "state">[]): number {
  return driftExitCodes[reports.reduce<DriftState>((worst, { state }) => worseState(worst, state), "not_ready")];
}

/** Colours of the states (SGR parameters). */
const colours: Readonly<Record<DriftState, string>> = { not_ready: "2", ok: "32", warn: "33", critical: "31;1" };

const words: Readonly<Record<DriftState, string>> = {
  not_ready: "not ready",
  ok: "ok",
  warn: "warn",
  critical: "CRITICAL",
};

/** Width of the longest word, in characters. */
export const stateWidth = 9;

/** The word for a state, padded to a width, and coloured on request. Padding does not count colour codes. */
export function stateText(state: DriftState, isColoured: boolean, width = 0): string {
  const word = words[state].padEnd(width);
  return isColoured ? `\u001b[${colours[state]}m${word}\u001b[0m` : word;
}
