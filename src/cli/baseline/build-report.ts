/** The report of `outrider baseline build`: a summary, and problems in the data. */
import { separatorQuestion } from "../../datasets/separator-question.ts";
import type { Baseline, BaselineSource, Distribution, DistributionNote } from "../../drift/baseline/baseline.ts";
import type { BuiltBaseline } from "../../drift/baseline/baseline-builder.ts";
import type { ColumnProfile } from "../../drift/baseline/column-profile.ts";
import type { BuildRequest } from "./build-request.ts";
import { formatCount, formatCounted, formatShare, formatValue } from "../../text/number-text.ts";
import { printable } from "../../text/printable.ts";

/** A new baseline, and the number of input rows with fewer fields than the header. */
export interface BuildResult extends BuiltBaseline {
  readonly shortRows: number;
}

/** A problem in the data; `column` is empty when it is about the whole input. */
interface Remark {
  readonly column: string;
  readonly remark: string;
}

const noRows = { long: 0, infinite: 0, booleans: 0, words: 0 } as const;

/** Maximum remarks in the text; `--json` has all. */
const maxRemarks = 40;

/** The report of `baseline build` as text: a summary line and at most {@link maxRemarks} remarks. Ends with a line feed. */
export function buildReport(built: BuildResult, request: BuildRequest): string {
  const { baseline } = built;
  const remarks = remarksOf(built, request);
  const lines = [
    `${request.output === "-" ? "Baseline" : request.output}: ${summary(baseline)}`,
    ...remarks
      .slice(0, maxRemarks)
      .map(({ column, remark }) => `  ${column === "" ? "" : `${printable(column)}: `}${remark}`),
    ...(remarks.length > maxRemarks ? [`  … and ${remarks.length - maxRemarks} more; --json lists all`] : []),
  ];
  return `${lines.join("\n")}\n`;
}

/** The report of `baseline build --json`: JSON-able, with every remark. */
export function buildReportJson(built: BuildResult, request: BuildRequest): object {
  const { features, prediction, quality, source } = built.baseline;
  return {
    output: request.output,
    source,
    features: features.map(({ name, kind, note }) => ({ name, kind, ...(note === undefined ? {} : { note }) })),
    ...(prediction === undefined ? {} : { prediction: { name: prediction.name, kind: prediction.kind } }),
    ...(quality === undefined ? {} : { quality }),
    remarks: remarksOf(built, request),
  };
}

/** Size of the data behind a baseline: `569 rows`, or `569 rows, weight 372,631.9` when rows have weights. */
export function rowsText({ rows, weightedRows }: Pick<BaselineSource, "rows" | "weightedRows">): string {
  if (weightedRows === undefined) return formatCounted(rows, "row");
  return `${formatCounted(weightedRows, "row")}, weight ${formatCount(rows)}`;
}

function summary({ source, features, prediction, confidence, quality }: Baseline): string {
  const numeric = features.filter((feature) => feature.kind === "numeric").length;
  const parts = [
    `${rowsText(source)} of ${source.name}`,
    `${numeric} numeric and ${formatCounted(features.length - numeric, "categorical feature")}`,
    ...(prediction === undefined ? [] : [`${prediction.kind} prediction`]),
    ...(confidence === undefined ? [] : ["confidence"]),
    ...(quality?.accuracy === undefined ? [] : [`accuracy ${formatShare(quality.accuracy)}`]),
    ...(quality?.meanAbsoluteError === undefined
      ? []
      : [`mean absolute error ${formatValue(quality.meanAbsoluteError)}`]),
    ...(quality?.calibration === undefined
      ? []
      : [`calibration in ${formatCounted(quality.calibration.x.length, "point")}`]),
  ];
  return parts.join(", ");
}

function remarksOf(built: BuildResult, request: BuildRequest): readonly Remark[] {
  const { baseline, profiles } = built;
  const distributions = [...baseline.features, ...(baseline.prediction === undefined ? [] : [baseline.prediction])];
  return [
    ...inputRemarks(built, request).map((remark) => ({ column: "", remark })),
    ...distributions.flatMap((distribution, index) =>
      columnRemarks(distribution, profiles[index]).map((remark) => ({ column: distribution.name, remark })),
    ),
  ];
}

function inputRemarks(built: BuildResult, { options }: BuildRequest): readonly string[] {
  const { baseline, shortRows, unweightedRows, droppedColumns } = built;
  const { roles, positive } = options;
  const wrongScores = baseline.confidence?.invalid ?? 0;
  const hasLabelOnly = roles.label !== undefined && baseline.quality === undefined;
  const names = baseline.features.map((feature) => feature.name);
  const question = separatorQuestion(names) ?? "";
  const remarks: readonly (readonly [boolean, string])[] = [
    [question !== "", printable(question)],
    [
      shortRows > 0,
      `rows with fewer fields than the header: ${formatCount(shortRows)}; the other fields count as missing`,
    ],
    [
      unweightedRows > 0,
      `rows left out because their weight is not a number of at least 0: ${formatCount(unweightedRows)}`,
    ],
    [wrongScores > 0, `scores that are not a number from 0 to 1: ${formatCount(wrongScores)}`],
    [droppedColumns > 0, `columns left out because there are too many: at least ${formatCount(droppedColumns)}`],
    [hasLabelOnly, "no accuracy: no row has a label and a prediction of the same type"],
    [positive !== "" && neverPositive(baseline), `no row has the label ${positive}`],
    [
      names.length > 1 && names.every((name) => /^-?\d/.test(name)),
      "the column names are numbers: is the header missing?",
    ],
    [names.length === 0, "there are no features"],
  ];
  return remarks.filter(([isSo]) => isSo).map(([, text]) => text);
}

function neverPositive({ quality }: Baseline): boolean {
  return quality?.calibration?.y.every((y) => y === 0) ?? false;
}

function columnRemarks(distribution: Distribution, profile: ColumnProfile | undefined): readonly string[] {
  const example =
    profile === undefined || profile.example === "" ? "" : `, e.g. ${JSON.stringify(printable(profile.example))}`;
  const invalid = distribution.kind === "numeric" && distribution.note !== "mixed_types" ? distribution.invalid : 0;
  return [
    ...(distribution.note === undefined ? [] : [noteRemarks[distribution.note](distribution, example)]),
    ...(invalid > 0 ? invalidRemarks(invalid, profile, example) : []),
    ...missingRemarks(distribution),
  ];
}

/** Integers beyond 2^53 are reported on their own: calling them "not a number" would not help. */
function invalidRemarks(invalid: number, profile: ColumnProfile | undefined, example: string): readonly string[] {
  const { long, infinite, booleans, words } = profile?.rows ?? noRows;
  if (long === 0) return [`rows without a finite number: ${formatCount(invalid)}${example}`];
  const others = infinite + booleans + words;
  const isOfLong = /^-?\d+$/.test(profile?.example ?? "");
  return [
    `rows with an integer too large to be exact: ${formatCount(long)}${isOfLong ? example : ""}; they count as invalid`,
    ...(others > 0 ? [`rows without a finite number: ${formatCount(others)}${isOfLong ? "" : example}`] : []),
  ];
}

const noteRemarks: Readonly<Record<DistributionNote, (distribution: Distribution, example: string) => string>> = {
  constant: () => "every row has the same value",
  all_missing: () => "no row has a value",
  mixed_types: mixedRemark,
  many_values: manyRemark,
};

function mixedRemark(distribution: Distribution, example: string): string {
  if (distribution.kind === "numeric")
    return `rows without a finite number: ${formatCount(distribution.invalid)}${example}; they count as invalid`;
  return `text and numbers are mixed${example}; all values count as categories. --numeric counts the text as invalid, --exclude leaves the column out`;
}

function manyRemark(distribution: Distribution): string {
  if (distribution.kind === "numeric") return "there are many values";
  const own = distribution.values.length;
  return `at least ${formatCount(distribution.distinct)} different values, ${own === 0 ? "none" : own} frequent enough to be counted separately, so new values cannot be distinguished from rare ones. --exclude leaves the column out`;
}

function missingRemarks(distribution: Distribution): readonly string[] {
  if (distribution.missing === 0 || distribution.note === "all_missing") return [];
  const present =
    distribution.kind === "numeric"
      ? distribution.counts.reduce((sum, count) => sum + count, distribution.invalid)
      : distribution.counts.reduce((sum, count) => sum + count, distribution.other);
  const share = distribution.missing / (distribution.missing + present);
  return share < 0.5 ? [] : [`${formatShare(share)} of the rows have no value`];
}
