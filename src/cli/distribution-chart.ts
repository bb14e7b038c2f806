/** Distributions as bars of characters. */
import type { CategoricalDistribution, Distribution, NumericDistribution } from "../drift/baseline.ts";
import { massBelow } from "../drift/binned-mass.ts";
import { nextUp } from "../sketch/next-up.ts";
import { formatCount, formatShare, formatValue } from "./number-text.ts";
import { printable } from "./printable.ts";

/** How charts are drawn. */
export interface ChartStyle {
  /** Columns of the terminal. */
  readonly width: number;
  /** Plain characters where it is false. */
  readonly isUtf8: boolean;
  readonly isColoured: boolean;
}

/** One row of a chart. */
interface Bar {
  readonly label: string;
  readonly count: number;
  /** True for what is no value: missing, invalid, other. */
  readonly isRest: boolean;
}

/** Rows of a numeric chart; a distribution with fewer bins is drawn bin by bin. */
const evenRows = 12;

/** Values of a categorical chart; more are drawn together. */
const shownValues = 12;

const longestLabel = 28;
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** A heading with the facts, and a bar for each part of the values. Every line ends without spaces. */
export function distributionChart(distribution: Distribution, style: ChartStyle): readonly string[] {
  const bars = distribution.kind === "numeric" ? numericBars(distribution) : categoricalBars(distribution);
  const total = rowsOf(distribution);
  return [heading(distribution, style), ...barLines(bars, total, style)];
}

/** Rows that a distribution stands for. */
function rowsOf(distribution: Distribution): number {
  const counted = distribution.counts.reduce((sum, count) => sum + count, distribution.missing);
  return counted + (distribution.kind === "numeric" ? distribution.invalid : distribution.other);
}

function heading(distribution: Distribution, { isColoured }: ChartStyle): string {
  const name = printable(distribution.name);
  const facts =
    distribution.kind === "numeric"
      ? ["numeric", ...(distribution.edges.length === 0 ? [] : momentTexts(distribution))]
      : ["categorical", `${formatCount(distribution.distinct)} different values`];
  const note = distribution.note === undefined ? [] : [distribution.note.replaceAll("_", " ")];
  const shown = isColoured ? `\u001b[1m${name}\u001b[0m` : name;
  return `${shown}  ${[...facts, ...note].join(", ")}`;
}

function momentTexts({ mean, standardDeviation, quartiles }: NumericDistribution): readonly string[] {
  return [
    `mean ${formatValue(mean)}`,
    `standard deviation ${formatValue(standardDeviation)}`,
    `quartiles ${quartiles.map(formatValue).join(", ")}`,
  ];
}

function numericBars(distribution: NumericDistribution): readonly Bar[] {
  const edges = shownEdges(distribution);
  const below = massBelow(distribution, edges.length === 0 ? [] : [...edges.slice(0, -1), nextUp(edges.at(-1) ?? 0)]);
  const total = distribution.counts.reduce((sum, count) => sum + count, 0);
  const first = below[0] ?? 0;
  const last = below.at(-1) ?? total;
  const bars = edges.slice(0, -1).map((edge, index) => ({
    label: binLabel(edge, edges[index + 1] ?? edge),
    count: (below[index + 1] ?? 0) - (below[index] ?? 0),
    isRest: false,
  }));
  return [
    ...(first > 0 ? [{ label: `below ${formatValue(edges[0] ?? 0)}`, count: first, isRest: false }] : []),
    ...bars,
    ...(total - last > 0
      ? [{ label: `above ${formatValue(edges.at(-1) ?? 0)}`, count: total - last, isRest: false }]
      : []),
    ...restBars([
      ["missing", distribution.missing],
      ["invalid", distribution.invalid],
    ]),
  ];
}

/**
 * Bins hold about the same number of rows, so their counts show nothing: rows of equal width do. Far tails would make
 * them too wide, so they reach half as far beyond the inner bins as these are wide.
 */
function shownEdges({ edges, counts }: NumericDistribution): readonly number[] {
  if (counts.length <= evenRows) return edges;
  const innerLow = edges[1] ?? 0;
  const innerHigh = edges.at(-2) ?? 0;
  const margin = innerHigh / 2 - innerLow / 2;
  const low = Math.max(edges[0] ?? 0, innerLow - margin);
  const high = Math.min(edges.at(-1) ?? 0, innerHigh + margin);
  const even = Array.from({ length: evenRows + 1 }, (_, index) => low + (high / evenRows - low / evenRows) * index);
  return [...new Set([...even.slice(0, -1), high])];
}

function binLabel(low: number, high: number): string {
  return high === nextUp(low) ? formatValue(low) : `${formatValue(low)} … ${formatValue(high)}`;
}

function categoricalBars(distribution: CategoricalDistribution): readonly Bar[] {
  const { values, counts, other, missing } = distribution;
  const hidden = counts.slice(shownValues);
  return [
    ...values
      .slice(0, shownValues)
      .map((value, index) => ({ label: printable(value), count: counts[index] ?? 0, isRest: false })),
    ...restBars([
      [`${hidden.length} more values`, hidden.reduce((sum, count) => sum + count, 0)],
      ["other", other],
      ["missing", missing],
    ]),
  ];
}

function restBars(rest: readonly (readonly [string, number])[]): readonly Bar[] {
  return rest.filter(([, count]) => count > 0).map(([label, count]) => ({ label: `(${label})`, count, isRest: true }));
}

function barLines(bars: readonly Bar[], total: number, style: ChartStyle): readonly string[] {
  const labels = bars.map(({ label }) => cutLabel(style.isUtf8 ? label : label.replaceAll("…", "..")));
  const labelWidth = Math.max(0, ...labels.map((label) => label.length));
  const most = Math.max(0, ...bars.map(({ count }) => count));
  const room = Math.max(10, style.width - labelWidth - 14);
  return bars.map((bar, index) => {
    const drawn = most === 0 ? "" : barText((bar.count / most) * room, style);
    const share = formatShare(total === 0 ? 0 : bar.count / total).padStart(7);
    return `  ${(labels[index] ?? "").padEnd(labelWidth)} ${share}  ${coloured(drawn, bar.isRest, style)}`.trimEnd();
  });
}

function cutLabel(label: string): string {
  return label.length > longestLabel ? `${label.slice(0, longestLabel - 1)}~` : label;
}

/** A bar of `length` characters, which may have a fraction; what is there at all is drawn. */
function barText(length: number, { isUtf8 }: ChartStyle): string {
  if (!isUtf8) return "#".repeat(length > 0 ? Math.max(1, Math.round(length)) : 0);
  const parts = length > 0 ? Math.max(1, Math.round(length * 8)) : 0;
  return "█".repeat(parts >> 3) + (eighths[parts & 7] ?? "");
}

function coloured(bar: string, isRest: boolean, { isColoured }: ChartStyle): string {
  if (!isColoured || bar === "") return bar;
  return `\u001b[${isRest ? "33" : "36"}m${bar}\u001b[0m`;
}
