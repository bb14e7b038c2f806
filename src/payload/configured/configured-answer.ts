/** Predictions and scores at the places that the configuration names. */
import type { Predictions, ReadResult } from "../body-content.ts";
import { type JsonPointer, valuesAt } from "../json/json-pointer.ts";
import { isList, type JsonValue } from "../json/json-value.ts";
import { readPredictions } from "../table/predictions.ts";
import type { AnswerContext } from "../table/row-answer.ts";
import { tooManyRows } from "../table/table-content.ts";

const notFound: ReadResult<never> = { kind: "unread", reason: "path_not_found" };

/**
 * The predictions that a path names: with a wildcard one answer for each row, else the value itself, which may be a list of them.
 * Unread as `path_not_found` when nothing is there.
 */
export function predictionsAt(pointer: JsonPointer, body: JsonValue, context: AnswerContext): ReadResult<Predictions> {
  const value = answerAt(pointer, body, context);
  if (value === undefined) return notFound;
  return isList(value) && value.length > context.limits.rows ? tooManyRows : readPredictions(value, context);
}

/**
 * Adds the scores that a path names to predictions: a number a row is its confidence, a list of probabilities or a
 * dictionary of them gives those of all classes. Without predictions the scores alone are read: the most likely class is
 * the prediction. Scores that are not probabilities, or of another number of rows, change nothing.
 */
export function withScoresAt(
  pointer: JsonPointer,
  body: JsonValue,
  context: AnswerContext & { readonly predictions: ReadResult<Predictions> },
): ReadResult<Predictions> {
  const { predictions } = context;
  const value = answerAt(pointer, body, context);
  if (value === undefined) return predictions.kind === "read" ? predictions : notFound;
  if (predictions.kind === "unread") return predictionsAt(pointer, body, context);
  const { rowCount } = predictions.value;
  const rows = isList(value) && value.length === rowCount ? value : [value];
  const scores = readPredictions(rows, context);
  if (scores.kind === "unread" || scores.value.rowCount !== rowCount) return predictions;
  return { kind: "read", value: merged(predictions.value, scores.value) };
}

function answerAt(pointer: JsonPointer, body: JsonValue, { limits }: AnswerContext): JsonValue | undefined {
  const values = valuesAt(pointer, body, limits.rows);
  return pointer.hasWildcard ? values?.map((value) => value ?? null) : values?.[0];
}

function merged(predictions: Predictions, scores: Predictions): Predictions {
  const { classes, probabilities, confidences } = scores;
  if (confidences.length > 0) return { ...predictions, classes, probabilities, confidences };
  const plain = Array.from(scores.values, (value) => (typeof value === "number" ? value : Number.NaN));
  const isSure = plain.every((value) => value >= 0 && value <= 1);
  return isSure ? { ...predictions, confidences: plain } : predictions;
}
