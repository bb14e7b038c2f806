import { binaryScores } from "./binary-confusion.ts";
import { requireLength } from "./cell-counts.ts";

/** Scores of one class against all others. */
export interface ClassScores {
  /** Rows whose label is this class, and rows predicted to be. */
  readonly actualRows: number;
  readonly predictedRows: number;
  /** As in {@link BinaryScores}, with this class as the positive one. */
  readonly precision: number | undefined;
  readonly recall: number | undefined;
  readonly f1: number | undefined;
}

/** Result of {@link classificationScores}. */
export interface ClassificationScores {
  readonly rows: number;
  /** Part of the rows that were right; undefined without rows. */
  readonly accuracy: number | undefined;
  /** In the order of the classes; for two classes take the positive one from here. */
  readonly classes: readonly ClassScores[];
  /** Plain means over the classes that occur as label or prediction; undefined when none does. */
  readonly macro: {
    readonly precision: number | undefined;
    readonly recall: number | undefined;
    readonly f1: number | undefined;
  };
}

/**
 * Scores of a confusion matrix of any number of classes, given row by row: `counts[actual * classCount +
 * predicted]`. In the macro means a class that occurs but was never predicted counts with a precision of 0, one that
 * was predicted but never true with a recall of 0, as scikit-learn does by default. O(classCount²).
 *
 * Source: Sokolova and Lapalme, A systematic analysis of performance measures for classification tasks (2009).
 */
export function classificationScores(counts: ArrayLike<number>, classCount: number): ClassificationScores {
  requireLength(counts, classCount * classCount);
  const actual = new Float64Array(classCount);
  const predicted = new Float64Array(classCount);
  let rows = 0;
  let right = 0;
  for (let row = 0; row < classCount; row++) {
    for (let column = 0; column < classCount; column++) {
      const count = counts[row * classCount + column]!;
      actual[row]! += count;
      predicted[column]! += count;
      rows += count;
      if (row === column) right += count;
    }
  }
  const classes = Array.from(actual, (actualRows, i) =>
    scoresOfClass(counts[i * (classCount + 1)]!, actualRows, predicted[i]!),
  );
  return { rows, accuracy: rows > 0 ? right / rows : undefined, classes, macro: macroOf(classes) };
}

function scoresOfClass(truePositives: number, actualRows: number, predictedRows: number): ClassScores {
  const { precision, recall, f1 } = binaryScores({
    truePositives,
    falsePositives: predictedRows - truePositives,
    falseNegatives: actualRows - truePositives,
    trueNegatives: 0,
  });
  return { actualRows, predictedRows, precision, recall, f1 };
}

function macroOf(classes: readonly ClassScores[]): ClassificationScores["macro"] {
  const occurring = classes.filter((scores) => scores.actualRows + scores.predictedRows > 0);
  const mean = (pick: (scores: ClassScores) => number | undefined): number | undefined =>
    occurring.length === 0
      ? undefined
      : occurring.reduce((sum, scores) => sum + (pick(scores) ?? 0), 0) / occurring.length;
  return {
    precision: mean((scores) => scores.precision),
    recall: mean((scores) => scores.recall),
    f1: mean((scores) => scores.f1),
  };
}
