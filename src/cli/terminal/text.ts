/** Text that does not run over the edge of a terminal. */

const indent = "  ";

/** `start` and the items with commas between, in lines of at most `width` as far as each item fits into one. */
export function wrappedList(start: string, items: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let line = start;
  for (const [index, item] of items.entries()) {
    const text = index === items.length - 1 ? item : `${item},`;
    const space = line === "" || line.endsWith(" ") ? "" : " ";
    if (line.trim() !== "" && line.length + space.length + text.length > width) {
      lines.push(line.trimEnd());
      line = `${indent}${text}`;
    } else {
      line += space + text;
    }
  }
  return [...lines, line.trimEnd()].flatMap((each) => brokenLine(each, width));
}

/** The text, or as much of it as fits with a `~` at its end. */
export function cutText(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 1))}~` : text;
}

/** A line whose one item is too long is broken at the last space that fits; without one, at the width. */
function brokenLine(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const at = space > indent.length ? space : width;
    lines.push(rest.slice(0, at).trimEnd());
    rest = `${indent}${rest.slice(at).trimStart()}`;
  }
  return [...lines, rest];
}
