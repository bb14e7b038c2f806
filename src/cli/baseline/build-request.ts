import { datasetFormats, type DatasetFormat } from "../../datasets/dataset.ts";
import { separatorQuestion } from "../../datasets/separator-question.ts";
import type { Baseline } from "../../drift/baseline/baseline.ts";
import type { BuildOptions } from "../../drift/baseline/baseline-builder.ts";
import type { RoleValues } from "../../drift/baseline/role-values.ts";
import { categoryOf } from "../../payload/table/category.ts";
import { cellFromText } from "../../payload/table/cell-text.ts";
import { seededRandom } from "../../sketch/seeded-random.ts";
import { flagText, flagTexts, isSwitchOn, type FlagSpec, type Invocation } from "../program/command.ts";
import { choiceFlag, columnHint, listFlag, usageError } from "../program/flag-values.ts";
import { outputName } from "../terminal/output.ts";
import { printable } from "../../text/printable.ts";

/** The command line of `outrider baseline build`, checked. */
export interface BuildRequest {
  readonly inputs: readonly string[];
  readonly output: string;
  readonly format: DatasetFormat | undefined;
  readonly options: BuildOptions;
  readonly model: Baseline["model"];
  /** The flags that name columns, with the columns. */
  readonly named: readonly NamedColumns[];
  /** True when the first rows have every column, which is so for CSV and Parquet. */
  readonly areColumnsKnownAtOnce: boolean;
}

interface NamedColumns {
  readonly flag: FlagSpec["name"];
  readonly columns: readonly string[];
}

/** Memory for samples and counts. */
const buildBytes = 128 * 2 ** 20;

/** The same input gives the same baseline. */
const seed = 1;

const roleFlags = ["--prediction", "--label", "--score", "--weight"] as const;
const listFlags = ["--exclude", "--categorical", "--numeric"] as const;

/** Reads the flags. Fails with `usage` at the first mistake. */
export function buildRequest(invocation: Invocation): BuildRequest {
  const inputs = flagTexts(invocation, "--input");
  const output = outputName(invocation);
  if (inputs.length === 0) throw usageError("--input is needed, e.g. --input train.csv");
  if (output === "") throw usageError("-o is needed, e.g. -o baseline.json; - is standard output");
  const named = [...roleFlags, ...listFlags].map((flag) => ({ flag, columns: flagColumns(invocation, flag) }));
  requireOneRole(invocation, named);
  const format = choiceFlag(invocation, "--format", datasetFormats);
  const [exclude, categorical, numeric] = listFlags.map((flag) => new Set(flagColumns(invocation, flag)));
  return {
    inputs,
    output,
    format,
    options: {
      roles: {
        prediction: flagText(invocation, "--prediction"),
        label: flagText(invocation, "--label"),
        score: flagText(invocation, "--score"),
        weight: flagText(invocation, "--weight"),
        exclude: exclude ?? new Set(),
      },
      categorical: categorical ?? new Set(),
      numeric: numeric ?? new Set(),
      positive: positiveClass(invocation),
      maxBytes: buildBytes,
      random: seededRandom(seed),
    },
    model: modelOf(invocation),
    named,
    areColumnsKnownAtOnce: inputs.length === 1 && !/jsonl|ndjson/i.test(format ?? inputs[0] ?? ""),
  };
}

/** Fails with `usage` when a flag names a column that does not exist. */
export function checkColumns({ named }: BuildRequest, columns: ReadonlySet<string>): void {
  for (const { flag, columns: wanted } of named) {
    const missing = wanted.find((name) => !columns.has(name));
    if (missing === undefined) continue;
    const question = separatorQuestion([...columns]);
    const hint = question === undefined ? columnHint(missing, columns) : `; ${question}`;
    throw usageError(`${flag} ${missing}: there is no such column${hint}`);
  }
}

/** Fails with `usage` when the values of a column do not fit the role that a flag gives it. Needs all rows. */
export function checkRoles({ options }: BuildRequest, values: RoleValues, rows: number): void {
  const { roles, positive } = options;
  if (rows > 0 && roles.score !== undefined && values.scores === 0) {
    const found =
      values.wrongScore === "" ? "no row has a value" : `e.g. ${JSON.stringify(printable(values.wrongScore))}`;
    throw usageError(`--score ${roles.score}: no value is a number from 0 to 1 (${found})`);
  }
  if (!values.hasPositive) {
    const seen = values.classes.map(printable).join(", ");
    throw usageError(
      `--positive ${positive}: no prediction and no label has this value; the values are ${seen}${values.hasMoreClasses ? ", …" : ""}`,
    );
  }
}

function requireOneRole(invocation: Invocation, named: readonly NamedColumns[]): void {
  const seen = new Map<string, string>();
  for (const { flag, columns } of named.filter((each) => roleFlags.some((role) => role === each.flag))) {
    for (const column of columns) {
      const other = seen.get(column);
      if (other !== undefined) throw usageError(`${other} and ${flag} name the same column, ${column}`);
      seen.set(column, flag);
    }
  }
  if (flagText(invocation, "--positive") !== undefined && flagText(invocation, "--score") === undefined) {
    throw usageError("--positive needs --score: it names the class whose probability the score is");
  }
  const both = flagColumns(invocation, "--categorical").find((name) =>
    flagColumns(invocation, "--numeric").includes(name),
  );
  if (both !== undefined) throw usageError(`--categorical and --numeric name the same column, ${both}`);
  if (outputName(invocation) === "-" && isSwitchOn(invocation, "--json")) {
    throw usageError("--json and -o - both write to standard output; write the baseline to a file");
  }
}

function flagColumns(invocation: Invocation, flag: FlagSpec["name"]): readonly string[] {
  if (roleFlags.some((role) => role === flag)) return flagTexts(invocation, flag).slice(-1);
  return listFlag(invocation, flag);
}

/** The class as the column counts it: `1.0` on the command line is the same as `1` in the column. */
function positiveClass(invocation: Invocation): string {
  const text = flagText(invocation, "--positive");
  if (text === undefined) return "";
  const cell = cellFromText(text);
  if (cell === null || cell === undefined)
    throw usageError(`--positive ${JSON.stringify(text)}: this stands for a missing value`);
  return categoryOf(cell);
}

function modelOf(invocation: Invocation): Baseline["model"] {
  const name = flagText(invocation, "--model-name") ?? "";
  const version = flagText(invocation, "--model-version") ?? "";
  return name === "" && version === "" ? undefined : { name: name.slice(0, 256), version: version.slice(0, 256) };
}
