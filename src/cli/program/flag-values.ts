/**
 * Values of flags. Every function fails with `usage`; the message names the flag, what was given and what is expected.
 */
import { OutriderError } from "../../errors/outrider-error.ts";
import { nearestName } from "../../text/nearest-name.ts";
import { printable } from "../../text/printable.ts";
import { parseTime } from "../../text/quantity.ts";
import { flagText, flagTexts, type FlagSpec, type Invocation } from "./command.ts";

type FlagName = FlagSpec["name"];

/** The error for a wrong command line. */
export function usageError(message: string): OutriderError {
  return new OutriderError("usage", message);
}

/** A whole number of at least 1; `undefined` when the flag is not given. */
export function countFlag(invocation: Invocation, flag: FlagName, max?: number): number | undefined {
  const text = flagText(invocation, flag);
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= (max ?? Number.MAX_SAFE_INTEGER)) return count;
  const range = max === undefined ? "of at least 1" : `from 1 to ${max}`;
  throw usageError(`${flag} ${text}: a whole number ${range} is expected`);
}

/** Default and bounds of a number. */
export interface NumberRange {
  readonly default: number;
  /** False when the number must be above 0. */
  readonly isZeroAllowed?: boolean;
  readonly max?: number;
}

/** The value of a flag that takes a decimal number, or its default. Throws a `usage` error outside the range. */
export function numberFlag(invocation: Invocation, flag: FlagName, range: NumberRange): number {
  const text = flagText(invocation, flag);
  if (text === undefined) return range.default;
  const { isZeroAllowed = false, max = Number.MAX_VALUE } = range;
  const number = /^\d*\.?\d+(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if ((isZeroAllowed ? number >= 0 : number > 0) && number <= max) return number;
  const bounds = `${isZeroAllowed ? "of at least" : "above"} 0${range.max === undefined ? "" : ` and up to ${max}`}`;
  throw usageError(`${flag} ${text}: a number ${bounds} is expected, e.g. ${range.default}`);
}

/** Default and bounds of a time, each as it would be written on the command line. */
export interface TimeRange {
  readonly default: string;
  readonly min: string;
  readonly max: string;
}

/** The value of a flag that takes a time such as `30s`, milliseconds. Throws a `usage` error outside the range. */
export function timeFlag(invocation: Invocation, flag: FlagName, range: TimeRange): number {
  const text = flagText(invocation, flag) ?? range.default;
  const timeMs = parseTime(text);
  if (timeMs >= parseTime(range.min) && timeMs <= parseTime(range.max)) return timeMs;
  throw usageError(`${flag} ${text}: a time from ${range.min} to ${range.max} is expected, e.g. ${range.default}`);
}

/** One of some words; `undefined` when the flag is not given. */
export function choiceFlag<Word extends string>(
  invocation: Invocation,
  flag: FlagName,
  words: readonly Word[],
): Word | undefined {
  const text = flagText(invocation, flag);
  const word = words.find((known) => known === text);
  if (text !== undefined && word === undefined) {
    throw usageError(`${flag} ${text}: one of ${words.join(", ")} is expected`);
  }
  return word;
}

/** All values of a flag that takes a comma-separated list and may be repeated; empty words are left out. */
export function listFlag(invocation: Invocation, flag: FlagName): readonly string[] {
  return flagTexts(invocation, flag)
    .flatMap((text) => text.split(","))
    .filter((word) => word !== "");
}

const maxListedColumns = 20;

/**
 * What follows "there is no such column": the column that was probably meant (spelt almost the same, or else the only one
 * of which one name begins with the other), or else the columns there are.
 */
export function columnHint(missing: string, columns: ReadonlySet<string>): string {
  const nearest = nearestName(missing, columns) ?? onlyLonger(missing, columns);
  if (nearest !== undefined) return `; did you mean ${printable(nearest)}?`;
  const listed = [...columns].slice(0, maxListedColumns).map(printable).join(", ");
  return `; the columns are ${listed}${columns.size > maxListedColumns ? ", …" : ""}`;
}

function onlyLonger(missing: string, columns: ReadonlySet<string>): string | undefined {
  const wanted = missing.toLowerCase();
  const alike = [...columns].filter((column) => {
    const name = column.toLowerCase();
    return wanted !== "" && name !== "" && (name.startsWith(wanted) || wanted.startsWith(name));
  });
  return alike.length === 1 ? alike[0] : undefined;
}
