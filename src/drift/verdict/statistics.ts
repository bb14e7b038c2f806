/** Every statistic of one distribution against its baseline. */
import {
  psi,
  debiasedPsi,
  jensenShannonDistance,
  maxShareDifference,
  totalVariation,
} from "../../stats/cell-distances.ts";
import { usedCells } from "../../stats/cell-counts.ts";
import { chiSquaredTest, type ChiSquaredResult } from "../../stats/chi-squared.ts";
import { binnedKolmogorovSmirnov } from "../../stats/kolmogorov-smirnov.ts";
import { twoProportionTest } from "../../stats/proportions.ts";
import { binnedWasserstein, standardisedWasserstein } from "../../stats/wasserstein.ts";
import { minExpectedRows } from "../../stats/cell-merging.ts";
import { baselineCells } from "../window/cell-layout.ts";
import { categoricalExtraCells, type Distribution } from "../baseline/baseline.ts";

/**
 * Statistics of one target. NaN means that there is none: no test was possible, or not for this kind of distribution.
 * Ratios and distances in shares are 0 to 1, p-values too, scores are ≥ 0.
 *
 * - `score`: debiased PSI over all cells that are in use on either side, the number that is published;
 * - `psi`: the same with its bias; `js`: Jensen–Shannon distance; `tvd`, `linf`: share differences;
 * - `chi_squared`, `degrees_of_freedom`, `p`: the test that decides about the distribution; `adjusted_p`: the same
 *   after Benjamini–Hochberg over all tests of the model in this window;
 * - `ks`, `ks_p`, `wasserstein`: of numbers only; the distance is in robust standard deviations, IQR/1.349;
 * - `missing…`: share of rows without a value, its share in the baseline, and its own test with its own effect;
 * - `outside…`: share of new words, or of numbers below or above all of the baseline, likewise;
 * - `invalid`: share of rows whose value is not a finite number;
 * - `baseline_rows`: m.
 */
export const statisticNames = [
  "score",
  "psi",
  "js",
  "tvd",
  "linf",
  "chi_squared",
  "degrees_of_freedom",
  "p",
  "adjusted_p",
  "ks",
  "ks_p",
  "wasserstein",
  "missing_baseline",
  "missing",
  "missing_p",
  "missing_adjusted_p",
  "missing_score",
  "outside",
  "outside_p",
  "outside_adjusted_p",
  "outside_score",
  "invalid",
  "baseline_rows",
] as const;

/** One of {@link statisticNames}. */
export type StatisticName = (typeof statisticNames)[number];

/** A number for each of {@link statisticNames}. */
export type Statistics = Readonly<Record<StatisticName, number>>;

/** Cells of a distribution as a window counted them, and the number of independent rows behind them. */
export interface CountedCells {
  readonly distribution: Distribution;
  /** Raw counts in the order of the cells. */
  readonly cells: Float64Array;
  /** n. All tests see the counts scaled to this total. */
  readonly effectiveRows: number;
}

/**
 * All statistics but the adjusted p-values, which need the other targets. O(cells), about 20 µs for 24 cells.
 * Without rows on either side every score is 0 and no test is possible.
 */
export function computeStatistics({ distribution, cells, effectiveRows }: CountedCells): Statistics {
  const baseline = baselineCells(distribution);
  const rows = sum(cells);
  const scaled = cells.map((count) => (rows > 0 ? count * (effectiveRows / rows) : 0));
  const baselineRows = sum(baseline);
  const isComparable = rows > 0 && baselineRows > 0;
  const used = usedCells(baseline, scaled);
  const rawPsi = isComparable ? psi(used.baseline, used.current) : 0;
  const size: Sizes = { baselineRows, currentRows: effectiveRows };
  const chiSquared = distributionTest(distribution, baseline, scaled);
  const hasTest = isComparable && chiSquared.degreesOfFreedom > 0;
  return {
    score: isComparable ? debiasedPsi(rawPsi, used.baseline.length, effectiveRows, baselineRows) : 0,
    psi: rawPsi,
    js: jensenShannonDistance(baseline, cells),
    tvd: totalVariation(baseline, cells),
    linf: maxShareDifference(baseline, cells),
    chi_squared: hasTest ? chiSquared.statistic : Number.NaN,
    degrees_of_freedom: chiSquared.degreesOfFreedom,
    p: hasTest ? chiSquared.pValue : Number.NaN,
    adjusted_p: Number.NaN,
    ...numericStatistics(distribution, baseline, scaled),
    ...cellStatistics(distribution, baseline, scaled, size),
    baseline_rows: baselineRows,
  };
}

interface Sizes {
  readonly baselineRows: number;
  readonly currentRows: number;
}

/**
 * The two-sample chi-squared test. Bins that are too small join their neighbours, words join *other*. Missing and
 * invalid rows have no neighbours: they are cells in front of the bins if they are frequent enough,
 * else they are left out, and only their own test counts.
 */
function distributionTest(distribution: Distribution, baseline: Float64Array, current: Float64Array): ChiSquaredResult {
  const bins = distribution.counts.length;
  if (distribution.kind === "categorical") {
    const other = bins + categoricalExtraCells.indexOf("other");
    return chiSquaredTest(baseline, current, { kind: "unordered", other });
  }
  const apart = numberlessCells(baseline, current, bins);
  const pick = (cells: Float64Array): Float64Array => {
    const picked = new Float64Array(apart.length + bins + 2);
    for (const [index, places] of apart.entries())
      picked[index] = places.reduce((rows, place) => rows + cells[place]!, 0);
    picked.set(orderedCells(cells, bins), apart.length);
    return picked;
  };
  return chiSquaredTest(pick(baseline), pick(current), { kind: "ordered" });
}

/** Places of missing and invalid rows: in two groups, in one, or in none, as there are enough of them. */
function numberlessCells(baseline: Float64Array, current: Float64Array, bins: number): readonly (readonly number[])[] {
  const before = sum(baseline);
  const now = sum(current);
  const minRows = (minExpectedRows * (before + now)) / Math.min(before, now);
  const isEnough = (places: readonly number[]): boolean =>
    places.reduce((rows, place) => rows + baseline[place]! + current[place]!, 0) >= minRows;
  const missing = [bins + 2];
  const invalid = [bins + 3];
  if (isEnough(missing) && isEnough(invalid)) return [missing, invalid];
  const both = [...missing, ...invalid];
  return isEnough(both) ? [both] : [];
}

/** Below, bins, above. */
function orderedCells(cells: Float64Array, bins: number): Float64Array {
  const ordered = new Float64Array(bins + 2);
  ordered[0] = cells[bins]!;
  ordered.set(cells.subarray(0, bins), 1);
  ordered[bins + 1] = cells[bins + 1]!;
  return ordered;
}

function numericStatistics(
  distribution: Distribution,
  baseline: Float64Array,
  current: Float64Array,
): Pick<Statistics, "ks" | "ks_p" | "wasserstein"> {
  if (distribution.kind === "categorical" || distribution.counts.length === 0) {
    return { ks: Number.NaN, ks_p: Number.NaN, wasserstein: Number.NaN };
  }
  const bins = distribution.counts.length;
  const before = orderedCells(baseline, bins);
  const now = orderedCells(current, bins);
  const { distance, pValue } = binnedKolmogorovSmirnov(before, now);
  const moved = binnedWasserstein(distribution.edges, before, now);
  const [lower, , upper] = distribution.quartiles;
  return { ks: distance, ks_p: pValue, wasserstein: standardisedWasserstein(moved, lower, upper) };
}

function cellStatistics(
  distribution: Distribution,
  baseline: Float64Array,
  current: Float64Array,
  size: Sizes,
): Omit<
  Statistics,
  | "score"
  | "psi"
  | "js"
  | "tvd"
  | "linf"
  | "chi_squared"
  | "degrees_of_freedom"
  | "p"
  | "adjusted_p"
  | "ks"
  | "ks_p"
  | "wasserstein"
  | "baseline_rows"
> {
  const bins = distribution.counts.length;
  const isNumeric = distribution.kind === "numeric";
  const at = (cells: Float64Array, place: number): number => cells[bins + place]!;
  const outsideRows = (cells: Float64Array): number => (isNumeric ? at(cells, 0) + at(cells, 1) : at(cells, 1));
  const missing = shareTest(at(baseline, 2), at(current, 2), size);
  const outside = shareTest(outsideRows(baseline), outsideRows(current), size);
  return {
    missing_baseline: missing.before,
    missing: missing.now,
    missing_p: missing.p,
    missing_adjusted_p: Number.NaN,
    missing_score: missing.score,
    outside: outside.now,
    outside_p: outside.p,
    outside_adjusted_p: Number.NaN,
    outside_score: outside.score,
    invalid: isNumeric ? share(at(current, 3), size.currentRows) : 0,
  };
}

/** Two-proportion test of one cell against all others, and its effect: the debiased PSI of that table of two cells. */
function shareTest(
  before: number,
  now: number,
  { baselineRows, currentRows }: Sizes,
): { readonly before: number; readonly now: number; readonly p: number; readonly score: number } {
  const shares = { before: share(before, baselineRows), now: share(now, currentRows) };
  const isPossible = before + now > 0 && baselineRows > 0 && currentRows > 0;
  if (!isPossible) return { ...shares, p: Number.NaN, score: 0 };
  const raw = psi([before, Math.max(0, baselineRows - before)], [now, Math.max(0, currentRows - now)]);
  return {
    ...shares,
    p: twoProportionTest(before, baselineRows, now, currentRows).pValue,
    score: debiasedPsi(raw, 2, currentRows, baselineRows),
  };
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

function sum(cells: ArrayLike<number>): number {
  let total = 0;
  for (let cell = 0; cell < cells.length; cell++) total += cells[cell]!;
  return total;
}
