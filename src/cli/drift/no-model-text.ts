import { cleanName, listedNames } from "../terminal/name-text.ts";

/** Says that no model, or none of this name, has been seen, and which others there are. */
export function noModelText(wanted: string | undefined, others: readonly { readonly model: string }[]): string {
  if (wanted === undefined || others.length === 0) return "No model has been seen yet.\n";
  const names = new Set(others.map(({ model }) => (model === "" ? "(no name)" : cleanName(model))));
  return `no model "${cleanName(wanted)}"; there are: ${listedNames([...names])}\n`;
}
