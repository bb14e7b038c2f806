/** Labels of cells in reports. */
import { categoricalExtraCells, numericExtraCells, type Distribution } from "../baseline/baseline.ts";

/** A label for each cell of a distribution, in their order: `[1.5, 2)`, `= 3`, `setosa`, `missing`. */
export function cellLabels(distribution: Distribution): readonly string[] {
  if (distribution.kind === "categorical") return [...distribution.values, ...categoricalExtraCells];
  const bins = distribution.counts.length;
  return [...distribution.counts.map((_, bin) => binLabel(distribution.edges, bin, bins)), ...numericExtraCells];
}

function binLabel(edges: readonly number[], bin: number, bins: number): string {
  const from = edges[bin]!;
  const to = edges[bin + 1]!;
  if (isNextUp(from, to)) return `= ${shortNumber(from)}`;
  return `[${shortNumber(from)}, ${shortNumber(to)}${bin === bins - 1 ? "]" : ")"}`;
}

/** True when no other double is between the two: such a bin holds a single value. */
function isNextUp(from: number, to: number): boolean {
  const middle = from / 2 + to / 2;
  return middle <= from || middle >= to;
}

/** Five significant digits, without an exponent where that is short. */
function shortNumber(value: number): string {
  return String(Number(value.toPrecision(5)));
}
