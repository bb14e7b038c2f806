import type { Cell } from "../../payload/body-content.ts";

/**
 * How sure the model was of its prediction, from its score: the score itself, or the larger side when the score is the
 * probability of one of two classes. What is no number from 0 to 1 becomes infinite, which counts as invalid.
 */
export function confidenceCell(score: Cell, isPositiveProbability: boolean): Cell {
  if (score === null || score === undefined || (typeof score === "number" && Number.isNaN(score))) return null;
  if (typeof score !== "number" || score < 0 || score > 1) return Infinity;
  return isPositiveProbability ? Math.max(score, 1 - score) : score;
}
