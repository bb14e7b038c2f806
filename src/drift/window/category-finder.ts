/** Counts words into the cells of the categorical targets of a layout. */
import { categoricalExtraCells, type CategoricalDistribution } from "../baseline/baseline.ts";
import type { CellLayout } from "./cell-layout.ts";

/** Where a word was counted; a new one is shown as an example in the report. */
export type CategoryPlace = "known" | "new";

const otherCell = categoricalExtraCells.indexOf("other");
const newCell = categoricalExtraCells.indexOf("new");

/** The cells and values of one target. */
interface Categories {
  readonly offset: number;
  readonly values: ReadonlyMap<string, number>;
  readonly distribution: CategoricalDistribution;
  /** Made at the first value without a cell. */
  rare: ReadonlySet<string> | undefined;
}

/** Finds the cell of a word: one look-up for a value with a cell, two for others. */
export class CategoryFinder {
  readonly #targets: readonly (Categories | undefined)[];

  constructor(layout: CellLayout) {
    this.#targets = layout.targets.map(({ distribution, offset }) =>
      distribution.kind === "categorical" ? categoriesOf(distribution, offset) : undefined,
    );
  }

  /** Counts one word of a categorical target; does nothing for a numeric one. */
  count(word: string, target: number, vector: Float64Array): CategoryPlace {
    const categories = this.#targets[target];
    if (categories === undefined) return "known";
    const { offset, values, distribution } = categories;
    const place = values.get(word);
    const isNew = place === undefined && isNeverSeen(categories, word);
    const cell = offset + (place ?? distribution.counts.length + (isNew ? newCell : otherCell));
    vector[cell]! += 1;
    return isNew ? "new" : "known";
  }
}

function categoriesOf(distribution: CategoricalDistribution, offset: number): Categories {
  const values = new Map(distribution.values.map((value, index) => [value, index]));
  return { offset, values, distribution, rare: undefined };
}

function isNeverSeen(categories: Categories, word: string): boolean {
  if (!categories.distribution.isRareComplete) return false;
  categories.rare ??= new Set(categories.distribution.rareValues);
  return !categories.rare.has(word);
}
