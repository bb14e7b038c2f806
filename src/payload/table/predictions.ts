/** Predictions in the JSON shapes of model servers' answers. */
import type { Cell, Predictions, ReadResult } from "../body-content.ts";
import { positionNames } from "./columns.ts";
import { asCells, isList, isObject, type JsonObject, type JsonValue } from "../json/json-value.ts";
import { type AnswerContext, rowAnswer, type RowAnswer } from "./row-answer.ts";

/**
 * Reads predictions: a list with an answer a row (see {@link rowAnswer}), a dictionary of lists of the same length (an
 * output a key, an element a row), or the answer for a single row. Where answers are probabilities without a prediction,
 * the value is the name of the largest one's class; where they are several numbers that are not probabilities, it is null.
 * A list without elements has no rows and is read. Unread as `too_many_rows`, or `unknown_shape` when `value` is absent.
 */
export function readPredictions(value: JsonValue | undefined, context: AnswerContext): ReadResult<Predictions> {
  if (value === undefined) return { kind: "unread", reason: "unknown_shape" };
  const rows = rowsOf(value);
  if (rows.length > context.limits.rows) return { kind: "unread", reason: "too_many_rows" };
  const plain = asCells(rows, context.pass);
  const predictions = plain === undefined ? collect(rows, context) : plainPredictions(plain);
  return { kind: "read", value: predictions };
}

/** Predictions with one value for each row, without classes and confidences. */
export function plainPredictions(values: ArrayLike<Cell>): Predictions {
  return { rowCount: values.length, values, classes: [], probabilities: [], confidences: [] };
}

function rowsOf(value: JsonValue): readonly JsonValue[] {
  if (isList(value)) return value;
  return (isObject(value) ? rowsOfColumns(value) : undefined) ?? [value];
}

/** Turns `{"a": [1, 2], "b": [3, 4]}` into `[{"a": 1, "b": 3}, {"a": 2, "b": 4}]`; undefined for every other object. */
function rowsOfColumns(object: JsonObject): readonly JsonValue[] | undefined {
  const columns = Object.entries(object);
  const first = columns[0]?.[1];
  if (!isList(first)) return undefined;
  if (!columns.every(([, column]) => isList(column) && column.length === first.length)) return undefined;
  return first.map((_, row) =>
    Object.fromEntries(columns.map(([name, column]) => [name, isList(column) ? column[row] : undefined])),
  );
}

function collect(rows: readonly JsonValue[], context: AnswerContext): Predictions {
  const answers = rows.map((row) => rowAnswer(row, context));
  const first = answers[0];
  const isScored = answers.every(({ scores }) => scores !== undefined);
  const values = answers.map(({ value, isGuess }) => (isGuess && !isScored ? null : value));
  const isSure = answers.every(({ confidence, isGuess }) => confidence >= 0 && (isScored || !isGuess));
  const confidences = isSure ? answers.map(({ confidence }) => confidence) : [];
  const plain = { ...plainPredictions(values), confidences };
  const count = first?.scores?.length ?? 0;
  if (!isScored || count > context.limits.columns || !answers.every((answer) => hasClassesOf(answer, first)))
    return plain;
  const classes = first?.labels ?? positionNames(count);
  return { ...plain, classes, probabilities: answers.flatMap(({ scores }) => scores ?? []) };
}

function hasClassesOf({ scores, labels }: RowAnswer, first: RowAnswer | undefined): boolean {
  if (scores?.length !== first?.scores?.length) return false;
  if (labels === undefined || first?.labels === undefined) return labels === first?.labels;
  return labels.every((label, index) => label === first.labels?.[index]);
}
