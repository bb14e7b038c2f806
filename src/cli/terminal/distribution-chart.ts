/** Distributions as bars of characters. */
import type { CategoricalDistribution, Distribution, NumericDistribution } from "../../drift/baseline/baseline.ts";
import { massBelow } from "../../drift/baseline/binned-mass.ts";
import { nextUp } from "../../sketch/next-up.ts";
import { formatCounted, formatShare, formatValue } from "../../text/number-text.ts";
import { printable } from "../../text/printable.ts";
import { cutText, wrappedList } from "./text.ts";

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
  /** True when the bins do not say how much it is, because it holds parts of some. */
  readonly isApproximate: boolean;
  /** True for what is no value: missing, invalid, other. */
  readonly isRest: boolean;
}

/** Rows of equal width of a numeric chart; a distribution with fewer bins is drawn bin by bin. */
const evenRows = 12;

/** Values of a categorical chart; more are drawn together. */
const shownValues = 12;

const maxLabelLength = 28;
const minLabelLength = 8;

/** What a row takes beside its label and its bar: spaces and the share with its mark. */
const shareColumns = 13;
const minBarLength = 10;

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** A heading with the facts, and a bar for each part of the values. Every line fits and ends without spaces. */
export function distributionChart(distribution: Distribution, style: ChartStyle): readonly string[] {
  const bars = distribution.kind === "numeric" ? numericBars(distribution) : categoricalBars(distribution);
  const total = rowsOf(distribution);
  return [...heading(distribution, style), ...barLines(bars, total, style)];
}

/** Rows that a distribution stands for. */
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

/** Counting ends at a bound, and only where every value was kept is it sure that the bound was not hit. */
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
 * Bins hold about the same number of rows, so their counts show nothing: rows of equal width do. Far tails would make
 * them too wide, and nobody knows how the rows lie in a tail: the outermost bins are rows as they are.
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
