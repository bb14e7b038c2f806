import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { rootDir } from "../architecture/source-files.ts";
import { decisionFigures } from "./decision-figures.ts";

const folder = path.join(rootDir, "docs/decisions");
const notes = readdirSync(folder).map((file) => file.replace(/\.md$/, ""));

/** Names that hold digits, and what is not prose: code, link targets, numbers of lists, statuses of HTTP. */
const notFigures =
  /```[^]*?```|`[^`]*`|\]\([^)]*\)|^\d+\. |\b(?:RFC |HTTP\/|CRC-|UTF-|YAML |BSD-|Apache-)[\d.]+|\b[a-zA-Z]+\d\w*|\b[45]\d\d\b/gm;

/** The numbers of a note's prose, as they are written. */
function figuresOf(text: string): ReadonlySet<string> {
  return new Set([...text.replace(notFigures, " ").matchAll(/\d[\d,.]*(?<![,.])/g)].map(([figure]) => figure));
}

describe("numbers in the decision notes", () => {
  it.each(notes)("of %s are all held by the code or a test", (note) => {
    const held = new Set(decisionFigures.filter((figure) => figure.note === note).map(({ text }) => text));
    const text = readFileSync(path.join(folder, `${note}.md`), "utf8");
    expect(figuresOf(text)).toEqual(held);
  });

  it.each(decisionFigures)("$note: $text is in $file", ({ file, line }) => {
    expect(readFileSync(path.join(rootDir, file), "utf8")).toMatch(line);
  });

  it("are noticed when nothing holds them", () => {
    expect(figuresOf("1. It takes 4,800 lines (RFC 9110, `limit = 5`), 3.5 ms and V8.")).toEqual(
      new Set(["4,800", "3.5"]),
    );
  });
});
