/** Reads and checks one label as it was sent. */
import { answerValue, maxClassLength, type AnswerValue } from "../answer-value.ts";

/** A true answer for one row of one request. */
export interface LabelInput {
  /** The identity of the request or, from its body, of the row. */
  readonly id: string;
  /** Row of a batch, from 0. */
  readonly row: number;
  readonly label: AnswerValue;
  /** Time at which the answer was known, milliseconds since the epoch; absent when not given. */
  readonly timeMs?: number;
}

/** Longest identity that is kept, in UTF-16 code units. */
export const maxIdLength = 256;

/** Rows of a batch that may be named. */
const maxRows = 1_000_000;

/** The last moment that a Date can hold. */
const lastMoment = 8.64e15;

/** The labels of one item, or the reason why it is invalid. */
export type LabelItemResult =
  | { readonly kind: "labels"; readonly labels: readonly LabelInput[] }
  | { readonly kind: "wrong"; readonly reason: string };

/**
 * Reads `{"id": …, "label": …, "row": …, "time": …}`. A list as label is one for each row from `row` on; its nulls are
 * rows without a label. One wrong element makes the whole item wrong. Other keys are ignored; never throws.
 */
export function readLabelItem(item: unknown): LabelItemResult {
  if (typeof item !== "object" || item === null || Array.isArray(item)) return wrong("expected an object");
  const { id, label, row = 0, time } = item as Readonly<Record<string, unknown>>;
  const problem = idProblem(id) ?? rowProblem(row) ?? timeProblem(time);
  if (problem !== undefined) return wrong(problem);
  const shared = { id: String(id), ...(typeof time === "number" ? { timeMs: time } : {}) };
  if (Array.isArray(label)) return readLabelList(label, { ...shared, row: Number(row) });
  const value = valueOf(label);
  if (value === undefined) return wrong(labelProblem(label));
  return { kind: "labels", labels: [{ ...shared, row: Number(row), label: value }] };
}

function readLabelList(list: readonly unknown[], first: Omit<LabelInput, "label">): LabelItemResult {
  const labels: LabelInput[] = [];
  for (const [offset, one] of list.entries()) {
    if (one === null) continue;
    const label = valueOf(one);
    if (label === undefined) return wrong(labelProblem(one));
    labels.push({ ...first, row: first.row + offset, label });
  }
  return labels.length === 0 ? wrong("label: the list has no label") : { kind: "labels", labels };
}

const wrong = (reason: string): LabelItemResult => ({ kind: "wrong", reason });

function idProblem(id: unknown): string | undefined {
  if (typeof id === "number") {
    return Number.isSafeInteger(id) ? undefined : "id: this number cannot be represented exactly, send it as a string";
  }
  if (typeof id !== "string" || id === "") return "id: expected the identity of a request, as a string";
  return id.length > maxIdLength ? `id: longer than ${maxIdLength} characters` : undefined;
}

function rowProblem(row: unknown): string | undefined {
  const isRow = Number.isInteger(row) && Number(row) >= 0 && Number(row) < maxRows;
  return isRow ? undefined : `row: expected a whole number from 0 to ${maxRows - 1}`;
}

function timeProblem(time: unknown): string | undefined {
  const isTime = time === undefined || (typeof time === "number" && time >= 0 && time <= lastMoment);
  return isTime ? undefined : "time: expected milliseconds since 1970, as a number";
}

function valueOf(label: unknown): AnswerValue | undefined {
  const isCell = typeof label === "string" || typeof label === "number" || typeof label === "boolean";
  return isCell ? answerValue(label) : undefined;
}

function labelProblem(label: unknown): string {
  const isLong = typeof label === "string" && label.length > maxClassLength;
  return isLong ? `label: longer than ${maxClassLength} characters` : "label: expected a number, string, true or false";
}
