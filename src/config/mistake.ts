/**
 * A mistake in the configuration, with all that is needed to correct it: the place, the given value, the expected
 * value, and the nearest known name.
 */
import type { FieldRow } from "./table/table.ts";
import { formatOrigin, type Origin } from "./origin.ts";
import { rulesOf } from "./table/kinds.ts";

/** See the top of the file. Mistakes are collected, so that all are shown at once. */
export interface Mistake {
  readonly origin: Origin;
  /** Path of the field, e.g. `limits.head_bytes`; empty for the file as a whole. */
  readonly path: string;
  /** One clause, without the place. */
  readonly problem: string;
  /** The given value, shortened; absent if there was none. */
  readonly given?: string;
  /** Description of a valid value, with an example. */
  readonly expected?: string;
  /** The known name that is nearest to an unknown one. */
  readonly nearest?: string;
}

/** Description of the valid values of a field, with its example. */
export function expectationOf(row: FieldRow): string {
  const example = Array.isArray(row.field.example) ? JSON.stringify(row.field.example) : String(row.field.example);
  return `${rulesOf(row.field).expected(row.field)}, e.g. ${example}`;
}

/** A value for a message: JSON, at most 80 characters, with any password of a URL hidden. */
export function showGiven(value: unknown): string {
  const text = (JSON.stringify(value) ?? String(value)).replace(/:\/\/[^/@\s"]*@/g, "://***@");
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** The mistakes as text for people, in the given order, without a line end at the end. */
export function formatMistakes(mistakes: readonly Mistake[]): string {
  return mistakes.map(formatMistake).join("\n");
}

function formatMistake(mistake: Mistake): string {
  const place = mistake.origin.kind === "default" ? "" : `${formatOrigin(mistake.origin)}: `;
  const path = mistake.path === "" || mistake.path === place.slice(0, -2) ? "" : `${mistake.path}: `;
  const lines = [`${place}${path}${mistake.problem}`];
  const add = (label: string, text: string | undefined): void => {
    if (text !== undefined) {
      lines.push(`    ${label.padEnd(9)} ${text}`);
    }
  };
  add("given", mistake.given);
  add("expected", mistake.expected);
  add("nearest", mistake.nearest === undefined ? undefined : `did you mean ${mistake.nearest}?`);
  return lines.join("\n");
}
