/** Text that fits into a terminal and cannot control it. */
import { printable } from "../../text/printable.ts";

const indent = "  ";

/** `start` and the items, with commas between, in lines of at most `width`; a longer item is broken. */
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

/** The text, cut to `width` with a `~` at its end when it is longer. */
export function cutText(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 1))}~` : text;
}

/** Columns of the terminal that a name takes at most. */
const maxNameLength = 28;

/** A name from a request, made safe to show: no control characters, cut at 28 characters. */
export function cleanName(name: string): string {
  const plain = printable(name);
  return plain.length > maxNameLength ? `${plain.slice(0, maxNameLength - 1)}…` : plain;
}

/** The first `max` names with commas between, and how many more there are. */
export function listedNames(names: readonly string[], max = 10): string {
  const rest = names.length - max;
  return `${names.slice(0, max).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
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
