/** Triton's classification extension: an output of texts `score:index` or `score:index:label`, the best first. */
import type { Cell, Predictions } from "../body-content.ts";
import { plainPredictions } from "../table/predictions.ts";

// Scores are written by std::to_string, always with six decimals: `12:30` is some text of the model's own.
const rankedClass = /^(-?(?:\d+\.\d{6}|inf|nan)):(\d{1,9})(?::([^]*))?$/;

interface RankedClass {
  readonly score: number;
  readonly index: number;
  readonly label: string;
}

/** True when every cell is a text of the classification extension. */
export function isRankedClasses(cells: ArrayLike<Cell>): boolean {
  for (let index = 0; index < cells.length; index++) {
    const cell = cells[index];
    if (typeof cell !== "string" || !rankedClass.test(cell)) return false;
  }
  return cells.length > 0;
}

/**
 * Reads texts of which {@link isRankedClasses} holds, as many for each row. The value of a row is the label, or else the
 * index, of its best class; its score is the confidence when all scores are from 0 to 1; and when each row has every
 * class, at most `maxClasses`, and its scores sum up to 1, they are the probabilities.
 */
export function rankedPredictions(cells: ArrayLike<Cell>, rowCount: number, maxClasses: number): Predictions {
  const ranked = Array.from(cells, (cell) => parse(String(cell)));
  const width = ranked.length / rowCount;
  const rows = Array.from({ length: rowCount }, (_, row) => ranked.slice(row * width, (row + 1) * width));
  const best = rows.map((row) => row.reduce((first, entry) => (entry.score > first.score ? entry : first)));
  const isSure = ranked.every(({ score }) => score >= 0 && score <= 1);
  const plain = {
    ...plainPredictions(best.map(({ label }) => label)),
    confidences: isSure ? best.map(({ score }) => score) : [],
  };
  const sorted = rows.map((row) => row.toSorted((a, b) => a.index - b.index));
  const isComplete =
    width > 1 && width <= maxClasses && isSure && sorted.every((row) => isDistribution(row, sorted[0]));
  if (!isComplete) return plain;
  return {
    ...plain,
    classes: sorted[0]?.map(({ label }) => label) ?? [],
    probabilities: sorted.flatMap((row) => row.map(({ score }) => score)),
  };
}

function parse(text: string): RankedClass {
  const [, score = "", index = "", label = ""] = rankedClass.exec(text) ?? [];
  return { score: scoreOf(score), index: Number(index), label: label === "" ? index : label };
}

function scoreOf(text: string): number {
  if (text.endsWith("inf")) return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

/** True for scores of the classes 0, 1, 2, … with the labels that they have in `named` and the sum 1. */
function isDistribution(row: readonly RankedClass[], named: readonly RankedClass[] | undefined): boolean {
  const sum = row.reduce((total, { score }) => total + score, 0);
  const isWhole = row.every(({ index, label }, place) => index === place && label === named?.[place]?.label);
  return isWhole && Math.abs(sum - 1) <= 1e-3;
}
