/** Two histograms that fit into a row of a table. */
import type { ReportedCells, TargetReport } from "../../drift/monitor/drift-report.ts";

/** Maximum width of a chart, in columns of the terminal: twenty bins, one column below them and one above. */
export const maxChartWidth = 22;

/** Characters from low to high. */
const blocks = "▁▂▃▄▅▆▇█";
const plainBlocks = "_.-=+*%#";
const nothing = { utf8: "·", plain: " " } as const;

/**
 * Both histograms on one scale. A numeric target has its bins in order, between the rows below and above them; a
 * categorical one has its most frequent values, then other and new values. A bin without rows is a dot, or a space
 * without UTF-8. Both are empty when the report has no bins for the target.
 */
export function driftCharts(target: TargetReport, isUtf8: boolean): { readonly before: string; readonly now: string } {
  if (target.cells === null) return { before: "", now: "" };
  const { baseline, current } = target.cells;
  const before = shares(chartCells(target, target.cells, baseline), baseline);
  const now = shares(chartCells(target, target.cells, current), current);
  const highest = Math.max(...before, ...now);
  return { before: bars(before, highest, isUtf8), now: bars(now, highest, isUtf8) };
}

function chartCells({ type }: TargetReport, { labels }: ReportedCells, counts: readonly number[]): readonly number[] {
  const extras = type === "numeric" ? 4 : 3;
  const bins = counts.slice(0, labels.length - extras);
  const [first = 0, second = 0] = counts.slice(labels.length - extras);
  if (type === "numeric") return [first, ...bins, second].slice(0, maxChartWidth);
  const most = maxChartWidth - 2;
  const rest = bins.slice(most).reduce((sum, rows) => sum + rows, 0);
  return [...bins.slice(0, most), first + rest, second];
}

function shares(cells: readonly number[], all: readonly number[]): readonly number[] {
  const total = all.reduce((sum, rows) => sum + rows, 0);
  return cells.map((rows) => (total > 0 ? rows / total : 0));
}

function bars(parts: readonly number[], highest: number, isUtf8: boolean): string {
  const heights = isUtf8 ? blocks : plainBlocks;
  return parts
    .map((part) => {
      if (!(part > 0)) return isUtf8 ? nothing.utf8 : nothing.plain;
      return heights[Math.min(heights.length - 1, Math.floor((part / highest) * heights.length))] ?? "";
    })
    .join("");
}
