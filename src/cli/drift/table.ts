/** The targets of a report as a table that fits the width of the terminal. */
import type { DriftReport, TargetReport } from "../../drift/monitor/drift-report.ts";
import type { ShapeChanges } from "../../drift/verdict/changes.ts";
import { driftCharts, maxChartWidth } from "./chart.ts";
import { cleanName, listedNames } from "../terminal/text.ts";
import { stateText, stateWidth } from "./state.ts";

/** Options of {@link driftTable}. */
export interface DriftTableOptions {
  readonly isColoured: boolean;
  readonly isUtf8: boolean;
  /** Maximum rows for each model. */
  readonly top: number;
  /** Width of the terminal; `undefined` for no limit. */
  readonly columns: number | undefined;
}

/** Narrower terminals get no histograms. */
const minChartColumns = 110;

/** A remark is left out when less than this would remain of it. */
const minRemarkLength = 8;

const gap = "  ";

interface Column {
  readonly head: string;
  readonly width: number;
  /** Numbers are aligned to the right. */
  readonly isRight: boolean;
  readonly cells: readonly string[];
  /** On a narrow terminal, columns with the highest number are left out first; 0 always stays. */
  readonly goes: number;
}

/** Header, rows, and the number of further rows. On a narrow terminal histograms are left out first, then columns, then remarks. */
export function driftTable({ targets, changes }: DriftReport, options: DriftTableOptions): readonly string[] {
  const { top, columns: room = Infinity } = options;
  const shown = targets.slice(0, top);
  const columns = fitting(columnsOf(shown, options.isUtf8), room);
  const painted = (target: TargetReport): string => stateText(target.state, options.isColoured, stateWidth);
  const left = room - widthOf(columns) - gap.length;
  const lineOf = (state: string, cellOf: (column: Column) => string): string =>
    [state, ...columns.map((column) => padded(cellOf(column), column))].join(gap);
  const rows = shown.map((target, row) => {
    const note = cut(remark(target, changes), left);
    return lineOf(painted(target), ({ cells }) => cells[row] ?? "").trimEnd() + (note === "" ? "" : `${gap}${note}`);
  });
  const head = lineOf("state".padEnd(stateWidth), (column) => column.head).trimEnd();
  const rest = targets.length - shown.length;
  return [head, ...rows, ...(rest > 0 ? [`… and ${rest} more (--top ${targets.length})`] : [])];
}

/** All columns but the state, which is always there. */
function columnsOf(targets: readonly TargetReport[], isUtf8: boolean): readonly Column[] {
  const names = targets.map(({ kind, name }) => cleanName(kind === "feature" ? name : `(${kind})`));
  const charts = targets.map((target) => driftCharts(target, isUtf8));
  const number = (head: string, width: number, goes: number, cellOf: (target: TargetReport) => string): Column => ({
    head,
    width,
    isRight: true,
    cells: targets.map(cellOf),
    goes,
  });
  const text = (head: string, width: number, goes: number, cells: readonly string[]): Column => ({
    head,
    width,
    isRight: false,
    cells,
    goes,
  });
  return [
    text("feature", Math.max(7, ...names.map(({ length }) => length)), 0, names),
    number("PSI", 6, 0, ({ statistics }) => fixed(statistics.score, 3)),
    number("p", 8, 2, ({ statistics }) => probability(statistics.adjusted_p)),
    number("JS", 6, 4, ({ statistics }) => fixed(statistics.js, 3)),
    number("missing", 7, 1, ({ statistics }) => percent(statistics.missing)),
    number("outside", 7, 3, ({ statistics }) => percent(statistics.outside)),
    text(
      "baseline",
      maxChartWidth,
      chartRank,
      charts.map(({ before }) => before),
    ),
    text(
      "now",
      maxChartWidth,
      chartRank,
      charts.map(({ now }) => now),
    ),
  ];
}

/** Both histograms are left out together, before all other columns. */
const chartRank = 5;

function fitting(columns: readonly Column[], room: number): readonly Column[] {
  for (let rank = chartRank; rank > 0; rank--) {
    const isTooWide = widthOf(columns) > room || (rank === chartRank && room < minChartColumns);
    if (isTooWide) columns = columns.filter(({ goes }) => goes !== rank);
  }
  return columns;
}

const widthOf = (columns: readonly Column[]): number =>
  columns.reduce((sum, { width }) => sum + gap.length + width, stateWidth);

const padded = (cell: string, { width, isRight }: Column): string =>
  isRight ? cell.padStart(width) : cell.padEnd(width);

function cut(text: string, room: number): string {
  if (text.length <= room) return text;
  return room < minRemarkLength ? "" : `${text.slice(0, room - 1)}…`;
}

/** What the numbers of the row do not show. */
function remark(target: TargetReport, changes: ShapeChanges): string {
  const { decided_by: test, level, new_values: words } = target;
  const isOdd = level === "warn" || level === "critical";
  const shape = target.kind === "feature" ? shapeRemark(target.name, changes) : "";
  const cause = shape === "" && isOdd && test !== "distribution" ? `by its ${test} share` : shape;
  const once = isOdd && target.state !== "critical" && target.state !== level ? `this window alone: ${level}` : "";
  const news = words.length > 0 ? `new: ${listedNames(words.map(cleanName), 3)}` : "";
  return [cause, once, news].filter((part) => part !== "").join(gap);
}

function shapeRemark(name: string, { absent, retyped }: ShapeChanges): string {
  const other = retyped.find((feature) => feature.name === name);
  if (other !== undefined) return `came as ${other.came_as}, ${percent(other.share)} of the rows`;
  return absent.includes(name) ? "absent" : "";
}

function fixed(value: number | null, digits: number): string {
  return value === null ? "-" : value.toFixed(digits);
}

function percent(value: number | null): string {
  return value === null ? "-" : `${(value * 100).toFixed(1)}%`;
}

function probability(value: number | null): string {
  if (value === null) return "-";
  return value >= 0.001 || value === 0 ? value.toFixed(3) : value.toExponential(0);
}
