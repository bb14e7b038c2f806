/** Separators that files named .csv use in place of commas, and how they are shown. */
const separators = [
  [";", ";"],
  ["\t", "a tab"],
  ["|", "|"],
] as const;

const maxShownLength = 60;

/**
 * The hint for a table that has one column, whose name contains another separator than the comma; `undefined` for any
 * other table.
 */
export function separatorQuestion(names: readonly string[]): string | undefined {
  const [name, second] = names;
  if (name === undefined || second !== undefined) return undefined;
  const found = separators.find(([separator]) => name.includes(separator));
  if (found === undefined) return undefined;
  const shown = name.length > maxShownLength ? `${name.slice(0, maxShownLength)}…` : name;
  return `the only column is named ${JSON.stringify(shown)}: is ${found[1]} the separator? it must be a comma`;
}
