/** Compares a response with the logged one. */
import type { BodyReader, Cell, Predictions } from "../../payload/body-content.ts";
import type { PredictionRecord, RecordValue } from "../../prediction-log/prediction-record.ts";
import { holdsRedacted } from "../../redaction/redaction-match.ts";

/** The response of the new server, complete. */
export interface NewAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** The first difference between two responses: `was` as logged, `is` now. */
export interface AnswerDifference {
  readonly what: "status" | "rows" | "prediction" | "score" | "unread";
  /** Row from 0. */
  readonly row?: number;
  readonly was: RecordValue;
  readonly is: RecordValue;
}

/** Result of a comparison. `status_only`: the status is the same, and the log has no predictions to compare. */
export type Comparison =
  | { readonly kind: "same" | "status_only" }
  | { readonly kind: "different"; readonly difference: AnswerDifference };

/** Options of {@link compareAnswers}. */
export interface AnswerComparer {
  readonly reader: BodyReader;
  /** Numbers are equal when they differ by at most this, absolutely or relative to the larger one. */
  readonly tolerance: number;
}

/** Compares status, number of rows, predictions and scores, in this order, until something differs. Never throws. */
export function compareAnswers(record: PredictionRecord, answer: NewAnswer, comparer: AnswerComparer): Comparison {
  if (answer.status !== record.status) return different({ what: "status", was: record.status, is: answer.status });
  if (record.prediction === undefined) return { kind: "status_only" };
  const predictions = readAnswer(record, answer, comparer.reader);
  if (typeof predictions === "string") return different({ what: "unread", was: null, is: predictions });
  const was = record.prediction.length;
  const isPart = record.cut?.includes("rows") === true;
  if (isPart ? predictions.rowCount < was : predictions.rowCount !== was) {
    return different({ what: "rows", was, is: predictions.rowCount });
  }
  const difference = firstDifference(record, predictions, comparer.tolerance);
  return difference === undefined ? { kind: "same" } : different(difference);
}

const different = (difference: AnswerDifference): Comparison => ({ kind: "different", difference });

/** The predictions, or why there are none. */
function readAnswer(record: PredictionRecord, answer: NewAnswer, reader: BodyReader): Predictions | string {
  const result = reader.readResponse({ bytes: answer.body, contentType: answer.contentType, target: record.path });
  if (result.kind === "unread") return result.reason;
  return result.value.predictions ?? "no predictions";
}

function firstDifference(
  { prediction = [], score = [] }: PredictionRecord,
  { values, confidences }: Predictions,
  tolerance: number,
): AnswerDifference | undefined {
  for (const [row, was] of prediction.entries()) {
    const is = recordValue(values[row]);
    if (!isSame(was, is, tolerance)) return { what: "prediction", row, was, is };
  }
  for (const [row, was] of score.entries()) {
    const is = confidences[row] ?? null;
    if (!isSame(was, is, tolerance)) return { what: "score", row, was, is };
  }
  return undefined;
}

/** The value as it would be logged. */
function recordValue(cell: Cell): RecordValue {
  if (typeof cell === "number") return Number.isFinite(cell) ? cell : null;
  return typeof cell === "bigint" ? String(cell) : (cell ?? null);
}

/** A masked or hashed value equals anything. */
function isSame(was: RecordValue, is: RecordValue, tolerance: number): boolean {
  if (was === is) return true;
  if (typeof was === "number" && typeof is === "number") {
    const apart = Math.abs(was - is);
    return apart <= tolerance || apart <= tolerance * Math.max(Math.abs(was), Math.abs(is));
  }
  return typeof was === "string" && holdsRedacted(was);
}
