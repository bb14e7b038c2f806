import {
  compareBaselines,
  warnPsi,
  type BaselineDifference,
  type ColumnDifference,
} from "../../drift/baseline/baseline-difference.ts";
import { OutriderError } from "../../errors.ts";
import { isSwitchOn, type CommandContext, type Invocation } from "../program/command.ts";
import { loadBaseline } from "./load-baseline.ts";
import { formatCounted } from "../../text/number-text.ts";
import { printable } from "../../text/printable.ts";

/** `outrider baseline diff`: compares two baselines; the exit code says whether they differ. */
export async function baselineDiff(invocation: Invocation, context: CommandContext): Promise<number> {
  const [oldFile, newFile] = invocation.operands;
  if (oldFile === undefined || newFile === undefined) {
    throw new OutriderError("usage", "name two baselines, e.g. outrider baseline diff old.json new.json");
  }
  const difference = compareBaselines(await loadBaseline(oldFile), await loadBaseline(newFile));
  if (isSwitchOn(invocation, "--json")) context.write(`${JSON.stringify(jsonOf(difference))}\n`);
  else context.write(textOf(difference, isSwitchOn(invocation, "--all")));
  return difference.isDifferent ? 1 : 0;
}

function jsonOf({ columns, added, removed, retyped, isDifferent }: BaselineDifference): object {
  return {
    different: isDifferent,
    threshold_psi: warnPsi,
    columns: columns.map(({ name, role, psi, jensenShannon, isApproximate }) => ({
      name,
      role,
      psi,
      js_distance: jensenShannon,
      approximate: isApproximate,
      different: psi >= warnPsi,
    })),
    added,
    removed,
    retyped,
  };
}

/** Only the columns that differ, worst first, and how many do not; with `isComplete` every column. */
function textOf(difference: BaselineDifference, isComplete: boolean): string {
  const { columns, added, removed, retyped, isDifferent } = difference;
  const shown = isComplete ? columns : columns.filter(({ psi }) => psi >= warnPsi);
  const names = shown.map(shownName);
  const width = Math.max("column".length, ...names.map((name) => name.length));
  const alike = columns.length - shown.length;
  const lines = [
    ...listLine("added", added),
    ...listLine("removed", removed),
    ...listLine("changed type", retyped),
    ...(shown.length === 0 ? [] : [`${"column".padEnd(width)}     PSI      JS`]),
    ...shown.map((column, index) => columnLine(column, (names[index] ?? "").padEnd(width))),
    ...(alike === 0 ? [] : [`${formatCounted(alike, "column")} with an index below ${warnPsi}: --all shows them`]),
    isDifferent
      ? `They differ: an index (PSI) of ${warnPsi} or more is worth a look, and so is a column that comes, goes or changes its type.`
      : "They are the same but for chance.",
  ];
  return `${lines.join("\n")}\n`;
}

function shownName({ name, role }: ColumnDifference): string {
  return role === "feature" ? printable(name) : `(${role})`;
}

function columnLine({ psi, jensenShannon, isApproximate }: ColumnDifference, name: string): string {
  const marks = [...(psi >= warnPsi ? ["different"] : []), ...(isApproximate ? ["approximate"] : [])];
  return `${name} ${rounded(psi)} ${rounded(jensenShannon)}  ${marks.join(", ")}`.trimEnd();
}

/** Four digits at most: what is below is chance. */
function rounded(value: number): string {
  return value.toFixed(value < 10 ? 3 : 2).padStart(7);
}

function listLine(title: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${title}: ${names.map(printable).join(", ")}`];
}
