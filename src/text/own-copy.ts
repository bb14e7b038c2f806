/** Engines copy slices of up to this many characters; a longer one points into the text that it was cut from. */
const maxCopiedLength = 12;

/**
 * A copy of the text that shares no memory with the original. Use it for a short text that was cut out of a long one (a request target, a body)
 * and is kept for longer: a slice keeps the whole of its source in memory. Costs one copy; every code unit stays as it
 * is, lone surrogates too.
 */
export function ownCopy(text: string): string {
  // Joining makes a new text, and slicing that one keeps only it: one character more than needed.
  return text.length > maxCopiedLength ? ` ${text}`.slice(1) : text;
}
