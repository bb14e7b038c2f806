/**
 * Something wrong in the configuration, told so that it can be put right without looking anything up: where it
 * stands, what was given, what is expected, and what was probably meant.
 */
import type { FieldRow } from "./table/table.ts";
import { formatOrigin, type Origin } from "./origin.ts";
import { rulesOf } from "./table/kinds.ts";

/** See the top of the file. */
export interface Mistake {
  readonly origin: Origin;
  /** Path of the field, e.g. `limits.head_bytes`; empty when it is the file as a whole. */
  readonly path: string;
  /** What is wrong, in one clause. */
  readonly problem: string;
  /** The value as it was given, shortened; absent when there was none. */
  readonly given?: string;
  /** What a right value looks like, with an example. */
  readonly expected?: string;
  /** A known name that is close to an unknown one. */
  readonly nearest?: string;
}

/** What a field expects, with its example. */
export function expectationOf(row: FieldRow): string {
  const example = Array.isArray(row.field.example) ? JSON.stringify(row.field.example) : String(row.field.example);
  return `${rulesOf(row.field).expected(row.field)}, e.g. ${example}`;
}

/** A value as it is shown in a mistake: JSON, at most 80 characters, with any password of a URL hidden. */
export function showGiven(value: unknown): string {
  const text = (JSON.stringify(value) ?? String(value)).replace(/:\/\/[^/@\s"]*@/g, "://***@");
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** The mistakes as lines to print, in the order given, without a line end at the last. */
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
