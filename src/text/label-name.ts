/** Maximum length of a model name or version, in UTF-16 code units; longer ones are cut. */
export const maxLabelNameLength = 256;

// Control, format (bidirectional marks), surrogate, private-use and unassigned characters, and line separators.
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Makes a model name or version from a client fit for labels and logs: at most {@link maxLabelNameLength} long, with
 * every character that is not printable replaced by `_`. Never throws; the empty string stays empty.
 */
export function cleanLabelName(name: string): string {
  const bounded = name.length > maxLabelNameLength ? name.slice(0, maxLabelNameLength) : name;
  return bounded.replace(unprintable, "_");
}
