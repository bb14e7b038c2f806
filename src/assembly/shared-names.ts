/** Names that replicas met, as counts that add up: that is how the shared state merges. */
import type { SeenNames } from "../drift/seen-names.ts";

const separator = "\u0000";

/** Counts by name; {@link seenNamesOf} reads their sum. */
export function namedCountsOf(names: SeenNames): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { name, rows } of names.unknownColumns) counts.set(["column", name].join(separator), rows);
  for (const { name, values } of names.newValues) {
    for (const value of values) counts.set(["value", name, value].join(separator), 1);
  }
  if (names.droppedColumns > 0) counts.set("dropped columns", names.droppedColumns);
  if (names.droppedValues > 0) counts.set("dropped values", names.droppedValues);
  return counts;
}

/** The names behind counts that were added up; entries of another form are passed over. */
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
