import type { Cell, Columns, FeatureTable } from "../../payload/reading.ts";

/** Roles of the columns of a data set. Names without a column have no effect. */
export interface ColumnRoles {
  readonly prediction: string | undefined;
  readonly label: string | undefined;
  readonly score: string | undefined;
  readonly weight: string | undefined;
  /** Columns to ignore. */
  readonly exclude: ReadonlySet<string>;
}

/** Indices of the columns of one table in a row; −1 for a column that it lacks. */
export interface RolePlan {
  readonly width: number;
  readonly features: readonly { readonly name: string; readonly at: number }[];
  readonly prediction: number;
  readonly label: number;
  readonly score: number;
  readonly weight: number;
}

/** Finds the columns of a table; remembers the last plan, as tables of one file have the same columns. */
export class RolePlanner {
  readonly #roles: ColumnRoles;
  #columns: Columns | undefined;
  #plan: RolePlan = { width: 0, features: [], prediction: -1, label: -1, score: -1, weight: -1 };

  constructor(roles: ColumnRoles) {
    this.#roles = roles;
  }

  /** The table with the plan for its columns. */
  plan(table: FeatureTable): PlannedTable {
    return { table, plan: this.#planFor(table.columns) };
  }

  #planFor(columns: Columns): RolePlan {
    if (columns === this.#columns) return this.#plan;
    const { prediction, label, score, weight, exclude } = this.#roles;
    const at = (name: string | undefined): number => (name === undefined ? -1 : columns.names.indexOf(name));
    const taken = new Set([at(prediction), at(label), at(score), at(weight)]);
    this.#columns = columns;
    this.#plan = {
      width: columns.names.length,
      features: columns.names
        .map((name, at) => ({ name, at }))
        .filter(({ name, at }) => !taken.has(at) && !exclude.has(name)),
      prediction: at(prediction),
      label: at(label),
      score: at(score),
      weight: at(weight),
    };
    return this.#plan;
  }
}

/** Weights of the rows of a table, and the number of rows without a usable one. */
export interface RowWeights {
  /** 0 for a row that does not count. */
  readonly of: Float64Array;
  readonly sum: number;
  readonly unusable: number;
}

/** Largest weight: sums of larger ones would lose the digits of the others. */
const maxWeight = 1e15;

/**
 * Reads the weights; without a weight column each row counts 1. A weight that is not a number from 0 to 1e15 is
 * unusable.
 */
export function rowWeights(planned: PlannedTable, isWeighted: boolean): RowWeights {
  const { table, plan } = planned;
  if (!isWeighted) return { of: new Float64Array(table.rowCount).fill(1), sum: table.rowCount, unusable: 0 };
  const of = new Float64Array(table.rowCount);
  let sum = 0;
  let unusable = 0;
  for (let row = 0; row < table.rowCount; row++) {
    const weight = cellAt(planned, row, plan.weight);
    if (typeof weight === "number" && weight >= 0 && weight <= maxWeight) {
      of[row] = weight;
      sum += weight;
    } else {
      unusable++;
    }
  }
  return { of, sum, unusable };
}

/** A table and the plan for its columns. */
export interface PlannedTable {
  readonly table: FeatureTable;
  readonly plan: RolePlan;
}

/** The cell of a row; undefined when the table lacks the column. */
export function cellAt({ table, plan }: PlannedTable, row: number, at: number): Cell {
  return at < 0 ? undefined : table.cells[row * plan.width + at];
}

/**
 * How sure the model was of its prediction, from its score: the score itself, or the larger side when the score is the
 * probability of one of two classes. Anything but a number from 0 to 1 becomes infinite, which counts as invalid.
 */
export function confidenceCell(score: Cell, isPositiveProbability: boolean): Cell {
  if (score === null || score === undefined || (typeof score === "number" && Number.isNaN(score))) return null;
  if (typeof score !== "number" || score < 0 || score > 1) return Infinity;
  return isPositiveProbability ? Math.max(score, 1 - score) : score;
}
