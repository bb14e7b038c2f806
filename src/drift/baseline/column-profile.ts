import { categoryOf } from "../../payload/table/category.ts";
import type { Cell } from "../../payload/body-content.ts";
import { FrequentValues } from "../../sketch/frequent-values.ts";
import { Reservoir } from "../../sketch/reservoir.ts";
import { RunningMoments } from "../../stats/running-moments.ts";

/** Wanted kind of a column; `auto` decides by its values. */
export type WantedKind = "auto" | "numeric" | "categorical";

/** Options of {@link ColumnProfile}. */
export interface ProfileOptions {
  readonly wanted: WantedKind;
  /** True for predictions and labels: there, few different integers are classes and not amounts. */
  readonly isTarget: boolean;
  readonly isWeighted: boolean;
  /** Numbers kept for the edges of bins, 8 bytes each (16 when weighted). */
  readonly numbers: number;
  /** Memory for counting different values. */
  readonly categoryBytes: number;
  /** Numbers in [0, 1), for the sample when there are more numbers than are kept. */
  readonly random: () => number;
}

/** Rows of a column by type of value: these decide whether it is numeric or categorical. */
export interface TypeCounts {
  missing: number;
  finite: number;
  infinite: number;
  long: number;
  booleans: number;
  words: number;
}

/** A prediction of at most this many different integers is a class. */
const maxClasses = 50;

/**
 * The first pass over a column: the types of its values, a sample of its numbers and the counts of its frequent
 * values. Bounded by its options.
 */
export class ColumnProfile {
  readonly name: string;
  /** Rows by type, weights not regarded. */
  readonly rows: TypeCounts = { missing: 0, finite: 0, infinite: 0, long: 0, booleans: 0, words: 0 };
  readonly moments: RunningMoments = new RunningMoments();
  readonly numbers: Reservoir;
  readonly values: FrequentValues;
  /** The first value that is not a number, truncated, for the report; empty when all are numbers. */
  example = "";
  /** Weight of the rows without a value, and of those whose value is not a finite number. */
  missing = 0;
  invalid = 0;
  readonly #options: ProfileOptions;
  #isInteger = true;

  constructor(name: string, options: ProfileOptions) {
    this.name = name;
    this.#options = options;
    this.numbers = new Reservoir(options.numbers, options.isWeighted, options.random);
    this.values = new FrequentValues(options.categoryBytes);
  }

  /** Adds the value of a row; NaN counts as missing. */
  add(cell: Cell, weight: number): void {
    if (cell === null || cell === undefined || (typeof cell === "number" && Number.isNaN(cell))) {
      this.rows.missing++;
      this.missing += weight;
    } else if (typeof cell === "number") {
      this.#addNumber(cell, weight);
    } else {
      this.#addOther(cell, weight);
    }
  }

  /**
   * Decided by the options, else numeric when every value is a number (an infinite one is invalid). Integers past 2^53
   * are identifiers, unless fractions among them show that the column is measured: then they are invalid.
   */
  get kind(): "numeric" | "categorical" {
    const { wanted, isTarget } = this.#options;
    if (wanted !== "auto") return wanted;
    const { finite, long, booleans, words } = this.rows;
    if (booleans + words > 0 || (long > 0 && this.#isInteger)) return "categorical";
    const isClass = isTarget && finite > 0 && this.#isInteger && this.values.isExact;
    return isClass && this.values.distinct <= maxClasses ? "categorical" : "numeric";
  }

  /** True when values of different types were seen, so that some of them do not fit what the column is. */
  get isMixed(): boolean {
    const { finite, long, booleans, words } = this.rows;
    const numbers = finite + long;
    return Number(numbers > 0) + Number(booleans > 0) + Number(words > 0) > 1;
  }

  #addNumber(value: number, weight: number): void {
    if (!Number.isFinite(value)) {
      this.rows.infinite++;
      this.invalid += weight;
      this.#countValue(value, weight);
      return;
    }
    this.rows.finite++;
    this.#isInteger &&= Number.isSafeInteger(value);
    this.moments.add(value, weight);
    this.numbers.add(value, weight);
    this.#countValue(value, weight);
  }

  #addOther(cell: string | boolean | bigint, weight: number): void {
    if (typeof cell === "string") this.rows.words++;
    else if (typeof cell === "boolean") this.rows.booleans++;
    else this.rows.long++;
    this.invalid += weight;
    if (this.example === "") this.example = categoryOf(cell).slice(0, 40);
    if (this.#options.wanted !== "numeric") this.values.add(cell, weight);
  }

  /** Numbers that turned out to be too many to count are most likely measured ones: counting them would only cost. */
  #countValue(value: number, weight: number): void {
    const { wanted } = this.#options;
    if (wanted === "categorical" || (wanted === "auto" && this.values.isExact)) this.values.add(value, weight);
  }
}
