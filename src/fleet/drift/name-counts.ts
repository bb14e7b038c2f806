/** Names seen by replicas (unknown columns, new values), as counts: the shared state merges by addition. */
import type { SeenNames } from "../../drift/window/seen-names.ts";
import { stateLimits } from "../store.ts";

const separator = "\u0000";

/** Counts by name; {@link seenNamesOf} reads their sum. Names that the state refuses are counted as dropped. */
export function namedCountsOf(names: SeenNames): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  let { droppedColumns, droppedValues } = names;
  for (const { name, rows } of names.unknownColumns) {
    const key = ["column", name].join(separator);
    if (isWritable(key)) counts.set(key, rows);
    else droppedColumns++;
  }
  for (const [name, value] of names.newValues.flatMap(pairsOf)) {
    const key = ["value", name, value].join(separator);
    if (isWritable(key)) counts.set(key, 1);
    else droppedValues++;
  }
  if (droppedColumns > 0) counts.set("dropped columns", droppedColumns);
  if (droppedValues > 0) counts.set("dropped values", droppedValues);
  return counts;
}

const pairsOf = ({ name, values }: SeenNames["newValues"][number]): readonly (readonly [string, string])[] =>
  values.map((value) => [name, value] as const);

/** One invalid name would make the store refuse the whole contribution. */
const isWritable = (key: string): boolean => key.isWellFormed() && Buffer.byteLength(key) <= stateLimits.nameBytes;

/** Inverse of {@link namedCountsOf}, for counts that were added up; skips entries of any other form. */
export function seenNamesOf(counts: ReadonlyMap<string, number>): SeenNames {
  const unknownColumns: { readonly name: string; readonly rows: number }[] = [];
  const newValues = new Map<string, string[]>();
  for (const [key, count] of counts) {
    const [kind, name, value] = key.split(separator);
    if (name === undefined) continue;
    if (kind === "column") unknownColumns.push({ name, rows: count });
    if (kind === "value" && value !== undefined) newValues.set(name, [...(newValues.get(name) ?? []), value]);
  }
  return {
    unknownColumns,
    newValues: Array.from(newValues, ([name, values]) => ({ name, values })),
    droppedColumns: counts.get("dropped columns") ?? 0,
    droppedValues: counts.get("dropped values") ?? 0,
  };
}
