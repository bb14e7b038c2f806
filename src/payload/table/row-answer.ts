/** The answer of a model for one row, in the shapes that model servers and their users write. */
import type { Cell, ReaderLimits } from "../body-content.ts";
import {
  cellOf,
  cutText,
  isList,
  isObject,
  type JsonObject,
  type JsonPass,
  type JsonValue,
} from "../json/json-value.ts";

/** Context in which the answers of one body are read. */
export interface AnswerContext {
  readonly pass: JsonPass;
  readonly limits: ReaderLimits;
  /** True where a dictionary of labels holds the best few only, so that its scores need not sum up to 1. */
  readonly allowsPartialScores?: boolean;
}

/** What the model predicted for one row: a value, and its confidence where the response has one. */
export interface RowAnswer {
  readonly value: Cell;
  /** From 0 to 1; NaN when the answer has none. */
  readonly confidence: number;
  /** A probability for each class, when there is one for every class; they sum up to 1. */
  readonly scores?: readonly number[];
  /** Names of the classes; absent where they have none but their position. */
  readonly labels?: readonly string[];
  /** True when only the sum of 1 suggests that the numbers are probabilities: one row proves nothing for the others. */
  readonly isGuess?: boolean;
}

/** A class and how likely it is. */
interface LabelScore {
  readonly label: Cell;
  readonly score: number;
}

/** Keys of the prediction; the first one that is there counts. */
const valueKeys = [
  "prediction",
  "predicted_label",
  "predicted_class",
  "label",
  "class",
  "class_name",
  "classes",
  "labels",
  "class_ids",
  "class_id",
  "predicted",
  "category",
  "output",
  "result",
] as const;

/** Keys of the confidence or the probabilities; the first one that is there counts. */
const scoreKeys = [
  "probabilities",
  "probability",
  "scores",
  "score",
  "confidence",
  "confidences",
  "class_probabilities",
  "probs",
  "proba",
  "prob",
] as const;

const nothing: RowAnswer = { value: null, confidence: Number.NaN };

/**
 * Reads the answer for one row: a number, label or boolean; the same in a list; a list of probabilities; pairs
 * `[label, score]`; a dictionary `{label: probability}`; a dictionary with a key such as `label`, `class`, `prediction`
 * and one such as `score`, `probability`, `probabilities`; a list of such dictionaries. In every other shape the value is
 * null. Linear in the size of the answer, except for sorting its labels.
 */
export function rowAnswer(value: JsonValue | undefined, context: AnswerContext): RowAnswer {
  if (isList(value)) return answerOfList(value, context);
  if (isObject(value)) return answerOfObject(value, context);
  return { value: cellOf(value, context.pass) ?? null, confidence: Number.NaN };
}

function answerOfList(list: readonly JsonValue[], context: AnswerContext): RowAnswer {
  const first = list[0];
  if (list.length === 2 && typeof first === "string" && typeof list[1] === "number") return labelled(first, list[1]);
  if (list.length === 1) return rowAnswer(first, context);
  if (typeof first === "number") return isDistribution(list) ? guessed(list) : marked(list, context);
  if (!isList(first) && !isObject(first)) return nothing;
  const ranked: LabelScore[] = [];
  for (const entry of list) {
    const pair = labelScore(entry, context);
    if (pair === undefined) return nothing;
    ranked.push(pair);
  }
  return answerOfRanked(ranked);
}

/** A list of numbers that are not probabilities: only its large integers matter, and the walk has to find them. */
function marked(list: readonly JsonValue[], context: AnswerContext): RowAnswer {
  for (const entry of list) cellOf(entry, context.pass);
  return nothing;
}

function labelScore(entry: JsonValue, context: AnswerContext): LabelScore | undefined {
  const isPair = isList(entry) ? entry.length === 2 && typeof entry[0] === "string" : isObject(entry);
  if (!isPair) return undefined;
  const { value, confidence } = rowAnswer(entry, context);
  return value === null || Number.isNaN(confidence) ? undefined : { label: value, score: confidence };
}

function answerOfObject(object: JsonObject, context: AnswerContext): RowAnswer {
  const value = firstOf(object, valueKeys);
  const score = firstOf(object, scoreKeys);
  if (value !== undefined && score !== undefined) return answerOfParts(value, score, context);
  const keys = Object.keys(object);
  const only = keys.length === 1 ? object[keys[0] ?? ""] : undefined;
  if (value === undefined && score === undefined && only === undefined) return answerOfClasses(object, keys, context);
  return rowAnswer(value ?? score ?? only, context);
}

function firstOf(object: JsonObject, keys: readonly string[]): JsonValue | undefined {
  for (const key of keys) {
    const value = object[key];
    // None of these keys is inherited from Object.prototype.
    if (value !== undefined) return value;
  }
  return undefined;
}

/** What was predicted and how sure the model is, under two keys. */
function answerOfParts(value: JsonValue, score: JsonValue, context: AnswerContext): RowAnswer {
  if (isList(value) && isList(score) && value.length === score.length && value.length > 1) {
    const ranked = score.map((each, index) => ({
      label: cellOf(value[index], context.pass) ?? null,
      score: scoreOf(each),
    }));
    return answerOfRanked(ranked);
  }
  const named = rowAnswer(value, context);
  if (typeof score === "number") return labelled(named.value, score);
  const { confidence, scores, labels } = rowAnswer(score, context);
  // A list of one score is read as a plain value.
  if (isList(score) && score.length === 1) return labelled(named.value, scoreOf(score[0]));
  return { value: named.value, confidence, ...(scores && { scores }), ...(labels && { labels }) };
}

/** A dictionary from labels to probabilities, if it is one. */
function answerOfClasses(object: JsonObject, keys: readonly string[], context: AnswerContext): RowAnswer {
  const scores = keys.map((key) => object[key] ?? null);
  if (isDistribution(scores)) {
    const { value, ...answer } = answerOfRanked(keys.map((key, index) => ({ label: key, score: scores[index] ?? 0 })));
    return { ...answer, value, isGuess: true };
  }
  for (const score of scores) cellOf(score, context.pass);
  const isPartial = context.allowsPartialScores === true && scores.every((score) => !Number.isNaN(scoreOf(score)));
  if (!isPartial) return nothing;
  return answerOfRanked(keys.map((key, index) => ({ label: key, score: scoreOf(scores[index]) })));
}

/** Labels with their scores, in any order; the best one is the prediction. */
function answerOfRanked(ranked: readonly LabelScore[]): RowAnswer {
  let best: LabelScore = { label: null, score: Number.NaN };
  for (const entry of ranked) {
    if (!(entry.score <= best.score)) best = entry;
  }
  const { value, confidence } = labelled(best.label, best.score);
  if (!isDistribution(ranked.map(({ score }) => score))) return { value, confidence };
  // Servers rank by score: sorted by label, the same classes are in the same order for every row.
  const named = ranked.map(({ label, score }) => ({ label: cutText(String(label)), score }));
  const sorted = named.toSorted((a, b) => (a.label < b.label ? -1 : Number(a.label > b.label)));
  const labels = sorted.map(({ label }) => label);
  const isUnique = labels.every((label, index) => label !== labels[index + 1]);
  const scores = (isUnique ? sorted : named).map(({ score }) => score);
  return isUnique ? { value, confidence, scores, labels } : { value, confidence, scores };
}

function labelled(value: Cell, score: number): RowAnswer {
  return { value: typeof value === "string" ? cutText(value) : value, confidence: scoreOf(score) };
}

function guessed(scores: readonly number[]): RowAnswer {
  const best = indexOfLargest(scores);
  return { value: `${best}`, confidence: scores[best] ?? Number.NaN, scores, isGuess: true };
}

/** Of equal ones the first. */
function indexOfLargest(scores: readonly number[]): number {
  let best = 0;
  for (let index = 1; index < scores.length; index++) {
    if ((scores[index] ?? 0) > (scores[best] ?? 0)) best = index;
  }
  return best;
}

function scoreOf(value: JsonValue | undefined): number {
  return typeof value === "number" && value >= 0 && value <= 1 ? value : Number.NaN;
}

/** True for two or more numbers from 0 to 1 that sum up to 1, give or take what 32-bit floats and rounding lose. */
function isDistribution(list: readonly JsonValue[]): list is readonly number[] {
  let sum = 0;
  for (let index = 0; index < list.length; index++) {
    const value = list[index];
    if (typeof value !== "number" || !(value >= 0 && value <= 1)) return false;
    sum += value;
  }
  return list.length > 1 && Math.abs(sum - 1) <= 1e-3;
}
