/** States of drift as words, painted where that is wanted. */
import type { DriftState } from "../../drift/verdict/history.ts";

/** Colours of the states (SGR codes). */
const colours: Readonly<Record<DriftState, string>> = { not_ready: "2", ok: "32", warn: "33", critical: "31;1" };

const words: Readonly<Record<DriftState, string>> = {
  not_ready: "not ready",
  ok: "ok",
  warn: "warn",
  critical: "CRITICAL",
};

/** Width of the longest word. */
export const stateWidth = 9;

/** The word, padded to a width. */
export function stateText(state: DriftState, isColoured: boolean, width = 0): string {
  const word = words[state].padEnd(width);
  return isColoured ? `\u001b[${colours[state]}m${word}\u001b[0m` : word;
}
