/** Characters that separate fields in files that are called CSV all the same, and how they are shown. */
const separators = [
  [";", ";"],
  ["\t", "a tab"],
  ["|", "|"],
] as const;

const maxShownLength = 60;

/**
 * What to ask whoever wrote a table whose only column is named as if its fields were separated by something else than
 * commas; `undefined` when there are more columns or its name says nothing of the kind.
 */
export function separatorQuestion(names: readonly string[]): string | undefined {
  const [name, second] = names;
  if (name === undefined || second !== undefined) return undefined;
  const found = separators.find(([separator]) => name.includes(separator));
  if (found === undefined) return undefined;
  const shown = name.length > maxShownLength ? `${name.slice(0, maxShownLength)}…` : name;
  return `the only column is named ${JSON.stringify(shown)}: is ${found[1]} the separator? only commas separate`;
}
