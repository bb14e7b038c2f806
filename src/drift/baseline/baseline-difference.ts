import { nextUp } from "../../sketch/next-up.ts";
import { totalOf, usedCells } from "../../stats/cell-counts.ts";
import { jensenShannonDistance, debiasedPsi, psi } from "../../stats/cell-distances.ts";
import type { Baseline, CategoricalDistribution, Distribution, NumericDistribution } from "./baseline.ts";
import { massBelow } from "./binned-mass.ts";

/** Debiased PSI from which on two baselines count as different. */
export const warnPsi = 0.05;

/** How far one column moved from the old baseline to the new one. */
export interface ColumnDifference {
  readonly name: string;
  readonly role: "feature" | "prediction" | "confidence";
  /** Debiased population stability index; 0 when a side has no rows. */
  readonly psi: number;
  /** Jensen–Shannon distance, 0 to 1. */
  readonly jensenShannon: number;
  /** True when the cells of the two differ and had to be made comparable. */
  readonly isApproximate: boolean;
}

/** What changed from one baseline to another, column by column. */
export interface BaselineDifference {
  /** Columns that both have with the same kind, the one that moved most first. */
  readonly columns: readonly ColumnDifference[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Columns that were numeric and are categorical now, or the other way round. */
  readonly retyped: readonly string[];
  /** True when one of the three lists above is not empty, or an index of {@link warnPsi} or more. */
  readonly isDifferent: boolean;
}

type Role = ColumnDifference["role"];

/** A column and its role. Two roles may share a name. */
interface NamedColumn {
  readonly role: Role;
  readonly distribution: Distribution;
}

/** Compares two baselines column by column. O(cells). */
export function compareBaselines(old: Baseline, fresh: Baseline): BaselineDifference {
  const before = columnsOf(old);
  const after = columnsOf(fresh);
  const columns: ColumnDifference[] = [];
  const retyped: string[] = [];
  for (const [key, column] of before) {
    const other = after.get(key);
    if (other === undefined) continue;
    const cells = comparableCells(column.distribution, other.distribution);
    if (cells === undefined) retyped.push(shownName(column));
    else columns.push({ name: column.distribution.name, role: column.role, ...statistics(cells) });
  }
  const added = [...after].filter(([key]) => !before.has(key)).map(([, column]) => shownName(column));
  const removed = [...before].filter(([key]) => !after.has(key)).map(([, column]) => shownName(column));
  const isMoved = columns.some((column) => column.psi >= warnPsi);
  return {
    columns: columns.sort((a, b) => b.psi - a.psi || b.jensenShannon - a.jensenShannon),
    added,
    removed,
    retyped,
    isDifferent: isMoved || added.length + removed.length + retyped.length > 0,
  };
}

/** The prediction may have another name in each baseline: it is compared by its role. */
function columnsOf({ features, prediction, confidence }: Baseline): ReadonlyMap<string, NamedColumn> {
  const columns = new Map<string, NamedColumn>();
  for (const distribution of features) columns.set(`feature ${distribution.name}`, { role: "feature", distribution });
  if (prediction !== undefined) columns.set("prediction", { role: "prediction", distribution: prediction });
  if (confidence !== undefined) columns.set("confidence", { role: "confidence", distribution: confidence });
  return columns;
}

function shownName({ role, distribution }: NamedColumn): string {
  return role === "feature" ? distribution.name : role;
}

/** The same cells counted on both sides. */
interface ComparableCells {
  readonly old: readonly number[];
  readonly fresh: readonly number[];
  readonly isApproximate: boolean;
}

function statistics(cells: ComparableCells): Omit<ColumnDifference, "name" | "role"> {
  const { baseline, current } = usedCells(cells.old, cells.fresh);
  const rows = [totalOf(baseline), totalOf(current)] as const;
  return {
    psi: debiasedPsi(psi(baseline, current), baseline.length, rows[1], rows[0]),
    jensenShannon: jensenShannonDistance(baseline, current),
    isApproximate: cells.isApproximate,
  };
}

function comparableCells(old: Distribution, fresh: Distribution): ComparableCells | undefined {
  if (old.kind === "numeric" && fresh.kind === "numeric") return numericCells(old, fresh);
  return old.kind === "categorical" && fresh.kind === "categorical" ? categoricalCells(old, fresh) : undefined;
}

function numericCells(old: NumericDistribution, fresh: NumericDistribution): ComparableCells {
  const isSame = old.edges.length === fresh.edges.length && old.edges.every((edge, at) => edge === fresh.edges[at]);
  return {
    old: [0, ...old.counts, 0, old.missing, old.invalid],
    fresh: [...(isSame ? [0, ...fresh.counts, 0] : countsAt(fresh, old.edges)), fresh.missing, fresh.invalid],
    isApproximate: !isSame,
  };
}

/** Rows below the edges, in each of their bins, and above. */
function countsAt(distribution: NumericDistribution, edges: readonly number[]): readonly number[] {
  const total = totalOf(distribution.counts);
  // Without edges there is one cell for all: above.
  if (edges.length === 0) return [0, total];
  const below = massBelow(distribution, [...edges.slice(0, -1), nextUp(edges.at(-1) ?? 0)]);
  // Rounding must not leave a negative count in a cell.
  return [...below, total].map((mass, index) => Math.max(0, mass - (index === 0 ? 0 : below[index - 1]!)));
}

function categoricalCells(old: CategoricalDistribution, fresh: CategoricalDistribution): ComparableCells {
  const values = [...new Set([...old.values, ...fresh.values])];
  const counts = values.map((value) => [countOf(old, value), countOf(fresh, value)] as const);
  const known = counts.filter((pair): pair is readonly [number, number] => pair.every((count) => count !== undefined));
  const pooled = (side: 0 | 1, distribution: CategoricalDistribution): readonly number[] => {
    const cells = known.map((pair) => pair[side]);
    const present = totalOf(distribution.counts) + distribution.other;
    return [...cells, Math.max(0, present - totalOf(cells)), distribution.missing];
  };
  return { old: pooled(0, old), fresh: pooled(1, fresh), isApproximate: known.length < counts.length };
}

/** Undefined when the value is somewhere in `other`; then the two sides can only be compared without a cell for it. */
function countOf(distribution: CategoricalDistribution, value: string): number | undefined {
  const at = distribution.values.indexOf(value);
  if (at >= 0) return distribution.counts[at];
  return distribution.isRareComplete && !distribution.rareValues.includes(value) ? 0 : undefined;
}
