import type { Cell, Predictions } from "../body-content.ts";

/**
 * The prediction for a row: its value where there is one, else the class with the highest probability (the first of
 * equal ones), else `null`.
 */
export function predictedClass(predictions: Predictions, row: number): Cell {
  const value = predictions.values[row];
  if (value !== null && value !== undefined) return value;
  const { classes, probabilities } = predictions;
  let best = -1;
  let highest = -Infinity;
  for (let index = 0; index < classes.length; index++) {
    const probability = probabilities[row * classes.length + index] ?? Number.NaN;
    if (probability > highest) {
      highest = probability;
      best = index;
    }
  }
  return classes[best] ?? null;
}
