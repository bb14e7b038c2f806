/** An answer's text in one line for a log or a terminal: without tags and control characters, at most `most` characters. */
export function plainText(text: string, most: number): string {
  // What is beyond would be cut off anyway, however much of it is tags.
  const beginning = text.slice(0, most * 10);
  return beginning
    .replace(/(?:<[^>]*>|[\s\p{C}])+/gu, " ")
    .trim()
    .slice(0, most);
}
