import type { LabelledRows } from "./labelled-rows.ts";
import { predictClass, probabilityOfClassOne } from "./model-server/classifier.ts";
import type { ModelParameters } from "./model-server/classifier.ts";

/** Columns beside the features, by what they hold. */
export const answerColumns = { prediction: "prediction", score: "probability", label: "target" } as const;

/**
 * The rows as a table (CSV) to make a baseline of: the features, what the model predicts for the row, its probability
 * of class 1, and what is right.
 */
export function baselineTable({ features, rows, labels }: LabelledRows, model: ModelParameters): string {
  const { prediction, score, label } = answerColumns;
  const header = [...features, prediction, score, label];
  const lines = rows.map((row, index) => [
    ...row,
    predictClass(model, row),
    probabilityOfClassOne(model, row),
    labels[index] ?? "",
  ]);
  return [header, ...lines].map((cells) => `${cells.join(",")}\n`).join("");
}
