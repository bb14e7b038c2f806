/** Predictions out of the tensors of a response. */
import type { Cell, Predictions, ReadResult } from "../body-content.ts";
import { cutText, isList, member } from "../json/json-value.ts";
import { plainPredictions } from "../table/predictions.ts";
import type { TableContext } from "../table/table-content.ts";
import { isRankedClasses, rankedPredictions } from "./tensor-classification.ts";
import { isFloat } from "./tensor-datatype.ts";
import { type Tensor, tensorCells } from "./tensor.ts";

/** Names of outputs that hold predictions, and of outputs that hold the confidence. */
const valueNames: ReadonlySet<string> = new Set([
  "label",
  "labels",
  "class",
  "classes",
  "predict",
  "prediction",
  "predictions",
  "output_label",
]);
const scoreNames: ReadonlySet<string> = new Set([
  "probabilities",
  "probability",
  "scores",
  "score",
  "predict_proba",
  "output_probability",
]);

/**
 * Reads the outputs of a model: by their names the one with the predictions and the one with the scores (the names of
 * scikit-learn, ONNX and FIL), else the first output. One element a row is a prediction; rows of two or
 * more floats from 0 to 1 that sum up to 1 are probabilities, of classes named by `parameters.labels` or else by their
 * position, and the value is the best one's name; rows of other numbers have null as their value. Triton's classification
 * extension is read by {@link rankedPredictions}. No predictions when the output holds bytes or is not in the body.
 * Unread as `bad_tensor` when it does not hold the elements of its shape, or as `too_many_rows`. Probabilities are not
 * copied.
 */
export function tensorPredictions(
  outputs: readonly Tensor[],
  context: TableContext,
): ReadResult<Predictions | undefined> {
  const named = outputs.find((output) => output.width === 1 && valueNames.has(output.name.toLowerCase()));
  const scored = outputs.find((output) => scoreNames.has(output.name.toLowerCase()));
  const main = named ?? scored ?? outputs[0];
  if (main === undefined) return { kind: "read", value: undefined };
  const predictions = readOutput(main, context);
  if (predictions.kind === "unread" || predictions.value === undefined) return predictions;
  if (scored === undefined || scored === main) return predictions;
  const scores = readOutput(scored, context);
  if (scores.kind === "unread") return scores;
  if (scores.value?.rowCount !== predictions.value.rowCount) return predictions;
  return { kind: "read", value: withScores(predictions.value, scores.value) };
}

function readOutput(output: Tensor, context: TableContext): ReadResult<Predictions | undefined> {
  if (output.rowCount > context.limits.rows) return { kind: "unread", reason: "too_many_rows" };
  const read = tensorCells(output, context.pass);
  if (read.kind === "malformed") return { kind: "unread", reason: "bad_tensor" };
  if (read.kind === "opaque") return { kind: "read", value: undefined };
  return { kind: "read", value: predictionsOf(output, read.cells, context) };
}

function predictionsOf(output: Tensor, cells: ArrayLike<Cell>, context: TableContext): Predictions {
  if (output.datatype === "BYTES" && isRankedClasses(cells)) {
    // Without a batch, all of them are the best classes of one row.
    const rowCount = output.rank === 1 ? 1 : output.rowCount;
    return rankedPredictions(cells, rowCount, context.limits.columns);
  }
  if (output.width === 1) return plainPredictions(cells);
  const tolerance = output.datatype === "FP16" || output.datatype === "BF16" ? 1e-2 : 1e-3;
  if (isFloat(output.datatype) && areDistributions(cells, output.width, tolerance)) {
    return probabilities(output, cells, context);
  }
  return plainPredictions(Array.from({ length: output.rowCount }, () => null));
}

/** True when every row consists of numbers from 0 to 1 that sum up to 1, within the precision of their datatype. */
function areDistributions(cells: ArrayLike<Cell>, width: number, tolerance: number): cells is ArrayLike<number> {
  for (let start = 0; start < cells.length; start += width) {
    let sum = 0;
    for (let index = start; index < start + width; index++) {
      const value = cells[index];
      if (typeof value !== "number" || !(value >= 0 && value <= 1)) return false;
      sum += value;
    }
    if (Math.abs(sum - 1) > tolerance) return false;
  }
  return true;
}

function probabilities(output: Tensor, cells: ArrayLike<number>, context: TableContext): Predictions {
  const { rowCount, width } = output;
  const isKept = width <= context.limits.columns;
  const names = labelsOf(output) ?? (isKept ? context.columns.positional(width).names : undefined);
  const values: string[] = [];
  const largest: number[] = [];
  for (let row = 0; row < rowCount; row++) {
    const best = indexOfLargest(cells, row * width, width);
    values.push(names?.[best] ?? `${best}`);
    largest.push(cells[row * width + best] ?? Number.NaN);
  }
  const confidences = inPrecisionOf(cells, largest);
  if (!isKept || names === undefined) return { ...plainPredictions(values), confidences };
  return { rowCount, values, classes: names, probabilities: cells, confidences };
}

/** Names that the output itself gives to its classes. */
function labelsOf({ parameters, width }: Tensor): readonly string[] | undefined {
  const labels = member(parameters, "labels");
  if (!isList(labels) || labels.length !== width) return undefined;
  return labels.every((label) => typeof label === "string") ? labels.map(cutText) : undefined;
}

/** Of equal ones the first. */
function indexOfLargest(numbers: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let index = 1; index < count; index++) {
    if ((numbers[start + index] ?? 0) > (numbers[start + best] ?? 0)) best = index;
  }
  return best;
}

/** The predictions of one output with the probabilities of another one. */
function withScores(predictions: Predictions, scores: Predictions): Predictions {
  if (scores.confidences.length > 0) {
    const { classes, probabilities } = scores;
    const isClass = classes.length > 0;
    const confidences = isClass ? confidencesIn(predictions.values, scores) : scores.confidences;
    return { ...predictions, classes, probabilities, confidences };
  }
  const sure = Array.from(scores.values, (score) => (typeof score === "number" ? score : Number.NaN));
  if (!sure.every((score) => score >= 0 && score <= 1)) return predictions;
  return { ...predictions, confidences: inPrecisionOf(scores.values, sure) };
}

/** Numbers out of `source`, in a Float32Array if `source` is one. */
function inPrecisionOf(source: ArrayLike<Cell>, numbers: readonly number[]): ArrayLike<number> {
  return source instanceof Float32Array ? Float32Array.from(numbers) : numbers;
}

/** The probability of the predicted class where it is one of the classes, else the largest one. */
function confidencesIn(values: ArrayLike<Cell>, scores: Predictions): ArrayLike<number> {
  const places = new Map(scores.classes.map((name, index) => [name, index]));
  const confidences = Array.from({ length: scores.rowCount }, (_, row) => {
    const place = places.get(String(values[row]));
    const score = place === undefined ? undefined : scores.probabilities[row * scores.classes.length + place];
    return score ?? scores.confidences[row] ?? Number.NaN;
  });
  return inPrecisionOf(scores.probabilities, confidences);
}
