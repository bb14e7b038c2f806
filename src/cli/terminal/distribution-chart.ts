/** Bar charts of distributions, made of characters. */
import type { CategoricalDistribution, Distribution, NumericDistribution } from "../../drift/baseline/baseline.ts";
import { massBelow } from "../../drift/baseline/binned-mass.ts";
import { nextUp } from "../../sketch/next-up.ts";
import { formatCounted, formatShare, formatValue } from "../../text/number-text.ts";
import { printable } from "../../text/printable.ts";
import { cutText, wrappedList } from "./text.ts";

/** Options of {@link distributionChart}. */
export interface ChartStyle {
  /** Maximum width of a line. */
  readonly width: number;
  /** False: only ASCII characters. */
  readonly isUtf8: boolean;
  readonly isColoured: boolean;
}

/** One row of a chart. */
interface Bar {
  readonly label: string;
  readonly count: number;
  /** True when the count is interpolated, because the row covers parts of bins. */
  readonly isApproximate: boolean;
  /** True for missing, invalid and other values. */
  readonly isRest: boolean;
}

/** Rows of equal width in a numeric chart. A distribution with fewer bins has one row per bin. */
const evenRows = 12;

/** Rows of a categorical chart; further values are drawn as one row. */
const shownValues = 12;

const maxLabelLength = 28;
const minLabelLength = 8;

/** Width of a row without label and bar: spaces, and the share with its mark. */
const shareColumns = 13;
const minBarLength = 10;

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** A heading with key figures, and one bar per bin or value. Lines fit the width and have no trailing spaces. */
export function distributionChart(distribution: Distribution, style: ChartStyle): readonly string[] {
  const bars = distribution.kind === "numeric" ? numericBars(distribution) : categoricalBars(distribution);
  const total = rowsOf(distribution);
  return [...heading(distribution, style), ...barLines(bars, total, style)];
}

/** Number of rows in a distribution. */
function rowsOf(distribution: Distribution): number {
  const counted = distribution.counts.reduce((sum, count) => sum + count, distribution.missing);
  return counted + (distribution.kind === "numeric" ? distribution.invalid : distribution.other);
}

function heading(distribution: Distribution, { isColoured, width }: ChartStyle): readonly string[] {
  const name = cutText(printable(distribution.name), width - 2);
  const facts =
    distribution.kind === "numeric"
      ? ["numeric", ...(distribution.edges.length === 0 ? [] : momentTexts(distribution))]
      : ["categorical", distinctText(distribution)];
  const note = distribution.note === undefined ? [] : [distribution.note.replaceAll("_", " ")];
  const [first = "", ...more] = wrappedList(`${name}  `, [...facts, ...note], width);
  return [isColoured ? `\u001b[1m${name}\u001b[0m${first.slice(name.length)}` : first, ...more];
}

/** Distinct values are counted up to a bound; the count is exact only when every value was kept. */
function distinctText({ distinct, isRareComplete }: CategoricalDistribution): string {
  return `${isRareComplete ? "" : "at least "}${formatCounted(distinct, "different value")}`;
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
  const isReal = new Set(distribution.edges);
  const below = massBelow(distribution, edges.length === 0 ? [] : [...edges.slice(0, -1), nextUp(edges.at(-1) ?? 0)]);
  const bars = edges.slice(0, -1).map((edge, index) => {
    const end = edges[index + 1] ?? edge;
    return {
      label: binLabel(edge, end),
      count: (below[index + 1] ?? 0) - (below[index] ?? 0),
      isApproximate: !isReal.has(edge) || !isReal.has(end),
      isRest: false,
    };
  });
  return [
    ...bars,
    ...restBars([
      ["missing", distribution.missing],
      ["invalid", distribution.invalid],
    ]),
  ];
}

/**
 * All bins have about the same number of rows, so a chart of bins would be flat: the chart has rows of equal width
 * instead. The outermost bins stay as they are, because values are unevenly spread in the tails.
 */
function shownEdges({ edges, counts }: NumericDistribution): readonly number[] {
  if (counts.length <= evenRows + 2) return edges;
  const low = edges[1] ?? 0;
  const high = edges.at(-2) ?? 0;
  const even = Array.from({ length: evenRows }, (_, index) => low + (high / evenRows - low / evenRows) * index);
  return [...new Set([edges[0] ?? 0, ...even, high, edges.at(-1) ?? 0])];
}

function binLabel(low: number, high: number): string {
  return high === nextUp(low) ? formatValue(low) : `${formatValue(low)} … ${formatValue(high)}`;
}

function categoricalBars(distribution: CategoricalDistribution): readonly Bar[] {
  const { values, counts, other, missing } = distribution;
  const hidden = counts.slice(shownValues);
  return [
    ...values.slice(0, shownValues).map((value, index) => ({
      label: printable(value),
      count: counts[index] ?? 0,
      isApproximate: false,
      isRest: false,
    })),
    ...restBars([
      [formatCounted(hidden.length, "more value"), hidden.reduce((sum, count) => sum + count, 0)],
      ["other", other],
      ["missing", missing],
    ]),
  ];
}

function restBars(rest: readonly (readonly [string, number])[]): readonly Bar[] {
  return rest
    .filter(([, count]) => count > 0)
    .map(([label, count]) => ({ label: `(${label})`, count, isApproximate: false, isRest: true }));
}

function barLines(bars: readonly Bar[], total: number, style: ChartStyle): readonly string[] {
  const roomForLabel = Math.max(minLabelLength, Math.min(maxLabelLength, style.width - shareColumns - minBarLength));
  const labels = bars.map(({ label }) => cutText(style.isUtf8 ? label : label.replaceAll("…", ".."), roomForLabel));
  const labelWidth = Math.max(0, ...labels.map((label) => label.length));
  const most = Math.max(0, ...bars.map(({ count }) => count));
  const room = Math.max(1, style.width - labelWidth - shareColumns);
  const mark = style.isUtf8 ? "≈" : "~";
  return bars.map((bar, index) => {
    const drawn = most === 0 ? "" : barText((bar.count / most) * room, style);
    const share = formatShare(total === 0 ? 0 : bar.count / total);
    const shown = (bar.isApproximate ? `${mark}${share}` : share).padStart(8);
    return `  ${(labels[index] ?? "").padEnd(labelWidth)} ${shown}  ${coloured(drawn, bar.isRest, style)}`.trimEnd();
  });
}

/** A bar of `length` characters, in steps of an eighth; any value above 0 is drawn. */
function barText(length: number, { isUtf8 }: ChartStyle): string {
  if (!isUtf8) return "#".repeat(length > 0 ? Math.max(1, Math.round(length)) : 0);
  const parts = length > 0 ? Math.max(1, Math.round(length * 8)) : 0;
  return "█".repeat(parts >> 3) + (eighths[parts & 7] ?? "");
}

function coloured(bar: string, isRest: boolean, { isColoured }: ChartStyle): string {
  if (!isColoured || bar === "") return bar;
  return `\u001b[${isRest ? "33" : "36"}m${bar}\u001b[0m`;
}
