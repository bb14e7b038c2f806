import type { Cell, Columns, FeatureTable } from "../../payload/body-content.ts";

/** What the columns of a data set are for. Names that no column has are never met. */
export interface ColumnRoles {
  readonly prediction: string | undefined;
  readonly label: string | undefined;
  readonly score: string | undefined;
  readonly weight: string | undefined;
  /** Columns that are nothing. */
  readonly exclude: ReadonlySet<string>;
}

/** Where the columns of one table go: their places in a row, −1 for those that it lacks. */
export interface RolePlan {
  readonly width: number;
  readonly features: readonly { readonly name: string; readonly at: number }[];
  readonly prediction: number;
  readonly label: number;
  readonly score: number;
  readonly weight: number;
}

/** Finds out where the columns go; remembers the last answer, as tables of one file have the same columns. */
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

/** Weights of the rows of a table, and how many had none that could be used. */
export interface RowWeights {
  /** 0 for a row that does not count. */
  readonly of: Float64Array;
  readonly sum: number;
  readonly unusable: number;
}

/** A larger weight is no weight: sums of them would lose the others. */
const maxWeight = 1e15;

/** Reads the weights; without a weight column each row counts 1. A weight that is no number from 0 to 1e15 is unusable. */
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
