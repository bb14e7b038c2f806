/** Predictions and labels as values that can be compared. */
import { categoryOf } from "../payload/table/category.ts";
import { cellFromText } from "../payload/table/cell-text.ts";
import type { Cell } from "../payload/body-content.ts";

/** A finite number, or the name of a class. */
export type AnswerValue = number | string;

/** Longest name of a class, in UTF-16 code units; longer texts are prose, which no label equals. */
export const maxClassLength = 256;

/**
 * The value of a prediction or label: `1`, `1.0`, `"1"` and `"1.0"` are the same number, `true` and `"True"` the
 * same class. Undefined without a usable value: null, a text longer than {@link maxClassLength}, a number that is not
 * finite.
 */
export function answerValue(cell: Cell): AnswerValue | undefined {
  const value = typeof cell === "string" ? valueOfText(cell) : cell;
  if (value === null || value === undefined) return undefined;
  if (typeof value !== "number") return categoryOf(value);
  return Number.isFinite(value) ? value : undefined;
}

function valueOfText(text: string): Cell {
  if (text.length > maxClassLength) return undefined;
  // A class may be called "None"; only the empty text has no value.
  return text === "" ? undefined : (cellFromText(text) ?? text);
}

/** The class that a value names; a number names the class of its digits. */
export const classOf = (value: AnswerValue): string => categoryOf(value);

/** True for a number with a fraction, which cannot be a class. */
export const isMeasure = (value: AnswerValue): boolean => typeof value === "number" && !Number.isInteger(value);
