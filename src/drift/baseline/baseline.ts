/**
 * The baseline: distributions of features, predictions and confidences from a time when the model was good. Built by
 * `outrider baseline build` or learned from the first requests; the file format is described by
 * docs/reference/baseline.schema.json.
 */

/** Written into every file; a reader refuses other numbers. */
export const baselineFormatVersion = 1;

/** A baseline, in the shape of its file. */
export interface Baseline {
  readonly format: "outrider-baseline";
  readonly version: typeof baselineFormatVersion;
  /** When it was made, RFC 3339 in UTC. */
  readonly createdAt: string;
  readonly source: BaselineSource;
  /** The model it belongs to; absent when it was made for any. */
  readonly model?: { readonly name: string; readonly version: string };
  /** In the order of the input's columns: requests without names are matched by position. */
  readonly features: readonly Distribution[];
  /** Distribution of the model's predictions on the same rows. */
  readonly prediction?: Distribution;
  /** Distribution of its confidence, 0 to 1: the probability of the predicted class. */
  readonly confidence?: NumericDistribution;
  /** How good it was on these rows, when labels were there. */
  readonly quality?: BaselineQuality;
}

/** Origin of a baseline: the data set it was built from, or the requests it was learned from. */
export interface BaselineSource {
  readonly kind: "file" | "learned";
  /** File name without its folder, or the name of the model it was learned from. */
  readonly name: string;
  /** `sha256:…` of the input's bytes; empty when learned. */
  readonly digest: string;
  /** Rows counted; the sum of weights when rows were weighted. */
  readonly rows: number;
  /** How many rows there were, when they were weighted. */
  readonly weightedRows?: number;
}

/** How good the model was when the baseline was made. */
export interface BaselineQuality {
  /** Part of the rows whose prediction was the label, 0 to 1; absent for numeric predictions. */
  readonly accuracy?: number;
  /** Mean absolute error; numeric predictions only. */
  readonly meanAbsoluteError?: number;
  readonly rows: number;
  /** From the model's confidence to the share of rows that were right; absent without scores. */
  readonly calibration?: CalibrationMap;
}

/**
 * A monotone map through (x[i], y[i]), linear between them and constant outside. `of` names input and output:
 * the probability of the class `positive`, or the confidence in the predicted class and the chance that it is right.
 */
export interface CalibrationMap {
  readonly of: "positive_probability" | "confidence";
  /** The class whose probability is meant; empty for `confidence`. */
  readonly positive: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Distribution of the values of one column. */
export type Distribution = NumericDistribution | CategoricalDistribution;

/**
 * Numbers in bins `[edges[i], edges[i+1])`, the last one closed at both ends: `edges[0]` is the smallest and the last
 * edge the largest value seen. A value with much of the mass has its own bin, `[v, nextUp(v))`.
 */
export interface NumericDistribution {
  readonly name: string;
  readonly kind: "numeric";
  /**
   * One more than there are bins, strictly ascending, finite. A constant column has two: v and nextUp(v). Empty when
   * no number was seen.
   */
  readonly edges: readonly number[];
  /** Rows in each bin. */
  readonly counts: readonly number[];
  /** Rows without a value, and rows whose value is not a finite number. */
  readonly missing: number;
  readonly invalid: number;
  /** Of the finite values; 0 when there were none. */
  readonly mean: number;
  readonly standardDeviation: number;
  /** 25 %, 50 % and 75 % quantile of the finite values. */
  readonly quartiles: readonly [number, number, number];
  readonly note?: DistributionNote;
}

/** Words: at most 50 values that each hold enough of the rows, the rest together. */
export interface CategoricalDistribution {
  readonly name: string;
  readonly kind: "categorical";
  /** Most frequent first. */
  readonly values: readonly string[];
  readonly counts: readonly number[];
  /** Rows with values that have no cell of their own. */
  readonly other: number;
  /** Those values, to distinguish a rare value from a new one; truncated at {@link maxRareListLength}. */
  readonly rareValues: readonly string[];
  /**
   * False when there were more rare values than are kept. Then a value without a cell counts as *other*, never as
   * *new*.
   */
  readonly isRareComplete: boolean;
  readonly missing: number;
  /** Different values seen, or the bound of counting when there were more. */
  readonly distinct: number;
  readonly note?: DistributionNote;
}

/** Reason why a column is less useful, for the report. */
export type DistributionNote = "constant" | "all_missing" | "mixed_types" | "many_values";

/** Maximum number of features in a baseline file; a file with more is invalid. */
export const maxFeatures = 10_000;

/** Maximum number of values of a categorical distribution with a cell of their own. */
export const maxValues = 50;

/** Maximum number of rare values that a categorical distribution remembers. */
export const maxRareListLength = 1000;

/** Cells of a numeric distribution, after its bins: below the smallest, above the largest, missing, invalid. */
export const numericExtraCells = ["below", "above", "missing", "invalid"] as const;

/** Cells of a categorical distribution, after its values. */
export const categoricalExtraCells = ["other", "new", "missing"] as const;

/**
 * How many counters a window keeps for a distribution: its bins or values in order, then the extra cells in the order
 * of {@link numericExtraCells} or {@link categoricalExtraCells}. This layout is what replicas add up.
 */
export function cellCount(distribution: Distribution): number {
  return distribution.kind === "numeric"
    ? distribution.counts.length + numericExtraCells.length
    : distribution.counts.length + categoricalExtraCells.length;
}
