/** Which column of a table belongs to which feature. */
import type { Columns } from "../../payload/reading.ts";
import type { CellLayout } from "./cell-layout.ts";
import { seenNameLimits } from "./seen-names.ts";

/** Targets of the columns of a table; made once for each list of columns. */
export interface ColumnPlan {
  /** For each column its target, or −1. */
  readonly targets: Int32Array;
  /** Features that have no column. */
  readonly absent: readonly number[];
  /** Columns without a feature, up to a bound, and the number of further ones. */
  readonly unknown: readonly string[];
  readonly droppedUnknown: number;
}

/** Plans by list of columns. A plan lives as long as its list does. */
export class ColumnPlans {
  readonly #layout: CellLayout;
  readonly #byName: ReadonlyMap<string, number>;
  readonly #unwatched: ReadonlySet<string>;
  readonly #plans = new WeakMap<Columns, ColumnPlan>();
  #last: Columns | undefined;
  #lastPlan: ColumnPlan | undefined;

  constructor(layout: CellLayout) {
    this.#layout = layout;
    this.#byName = new Map(layout.targets.slice(0, layout.features).map(({ name }, target) => [name, target]));
    this.#unwatched = new Set(layout.unwatched);
  }

  /**
   * Matches by name; by position when the names are made up, none is known, and there are as many columns as features.
   */
  planOf(columns: Columns): ColumnPlan {
    if (columns === this.#last && this.#lastPlan !== undefined) return this.#lastPlan;
    let plan = this.#plans.get(columns);
    if (plan === undefined) {
      plan = this.#make(columns);
      this.#plans.set(columns, plan);
    }
    this.#last = columns;
    this.#lastPlan = plan;
    return plan;
  }

  #make({ names, isPositional }: Columns): ColumnPlan {
    const { features, unwatched } = this.#layout;
    const isNamed = !isPositional || names.some((name) => this.#byName.has(name) || this.#unwatched.has(name));
    const isByPosition = !isNamed && names.length === features + unwatched.length;
    const targets = new Int32Array(names.length).fill(-1);
    const isTaken = new Uint8Array(features);
    const unknown: string[] = [];
    let droppedUnknown = 0;
    names.forEach((name, column) => {
      const target = isByPosition ? column : this.#byName.get(name);
      if (target === undefined && !this.#unwatched.has(name)) {
        if (unknown.length < seenNameLimits.columns) unknown.push(name);
        else droppedUnknown++;
      }
      // A second column of the same name would count its rows twice.
      if (target === undefined || target >= features || isTaken[target] === 1) return;
      isTaken[target] = 1;
      targets[column] = target;
    });
    const absent = Array.from(isTaken.keys()).filter((target) => isTaken[target] === 0);
    return { targets, absent, unknown, droppedUnknown };
  }
}
