/** What a command prints when the configuration has mistakes. */
import { formatMistakes, type Mistake } from "../../config/mistake.ts";

/** Every mistake, how many there are, and what to do. */
export function mistakeReport(mistakes: readonly Mistake[]): string {
  const count = mistakes.length === 1 ? "1 mistake" : `${mistakes.length} mistakes`;
  return `${formatMistakes(mistakes)}\n\n${count}. \`outrider check\` checks again; docs/reference/config.md lists every field.\n`;
}
