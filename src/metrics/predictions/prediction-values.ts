/** Predicted values: counts by class, or the distribution of numbers. */
import type { Cell } from "../../payload/body-content.ts";
import { NumberHistogram } from "./prediction-histogram.ts";
import { type NamedCount, NamedCounts } from "./prediction-named-counts.ts";

/** Maximum number of classes of a model with counts of their own. */
const maxClasses = 50;

/** Edges for numbers of unknown range: about two a decade from 0.01 to 1,000, one from there, both signs. */
const magnitudes = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 10_000, 100_000, 1_000_000];
const defaultValueEdges: readonly number[] = [...magnitudes.map((edge) => -edge).reverse(), 0, ...magnitudes];

/** Maximum number of edges of a distribution: each is a series of every model, version and variant. */
const maxEdges = 40;

/**
 * Edges for buckets from those of a baseline's bins, ascending: without the second edge of bins that hold a single
 * value, and an even selection if there are more than 40. Default {@link defaultValueEdges}.
 */
export function valueEdgesFrom(given: readonly number[] | undefined): readonly number[] {
  const edges = (given ?? []).filter((edge, place, all) => isPast(edge, all[place - 1]));
  if (edges.length === 0) return defaultValueEdges;
  const step = Math.ceil(edges.length / maxEdges);
  return edges.filter((_, place) => place % step === 0);
}

const isPast = (edge: number, before: number | undefined): boolean =>
  Number.isFinite(edge) && (before === undefined || edge - before > Math.abs(edge) * 1e-9);

/**
 * The predictions of one model. Words and truth values are classes. Whole numbers are classes as well until the model
 * gives a number that is not whole, or its 51st different one: from then on its numbers are a distribution, and those
 * that arrived before are in it.
 */
export class PredictionValues {
  /** Rows without a usable value: null, or a number that is not finite. */
  withoutValue = 0;
  readonly #edges: readonly number[];
  #classes = new NamedCounts(maxClasses);
  #numbers: NumberHistogram | undefined;

  constructor(edges: readonly number[]) {
    this.#edges = edges;
  }

  /** Counts of classes, in order of coming. */
  classes(): readonly NamedCount[] {
    return this.#classes.read();
  }

  /** The distribution of numbers; undefined as long as all are classes. */
  get numbers(): NumberHistogram | undefined {
    return this.#numbers;
  }

  /** Counts one prediction. About 10 ns; allocates only for a new class. */
  add(value: Cell): void {
    if (typeof value === "number") this.#addNumber(value);
    else if (typeof value === "bigint" && this.#numbers !== undefined) this.#numbers.add(Number(value));
    else if (value === null || value === undefined) this.withoutValue++;
    else this.#classes.add(value);
  }

  #addNumber(value: number): void {
    if (this.#numbers !== undefined && Number.isFinite(value)) this.#numbers.add(value);
    else if (!Number.isFinite(value)) this.withoutValue++;
    else if (Number.isInteger(value) && !(this.#classes.isFull && !this.#classes.has(value))) this.#classes.add(value);
    else this.#becomeNumbers(value);
  }

  #becomeNumbers(value: number): void {
    const numbers = new NumberHistogram(this.#edges);
    const words = new NamedCounts(maxClasses);
    for (const { name, count } of this.#classes.read()) {
      if (String(Number(name)) === name && Number.isFinite(Number(name))) numbers.add(Number(name), count);
      else words.add(name, count);
    }
    numbers.add(value);
    this.#classes = words;
    this.#numbers = numbers;
  }
}
