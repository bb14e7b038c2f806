import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { rootDir } from "../architecture/source-files.ts";
import { retiredWords } from "./retired-words.ts";

/** Where the words must not occur. Dated results keep the words of their day. */
const places = ["src", "docs", "demo", "bench", "scripts", "deploy", "examples", "README.md", "CHANGELOG.md"];
const otherPages = ["CONTRIBUTING.md", "SECURITY.md"];
const kept = /^bench\/results\/|\.(?:json|csv|svg|png|sum|mod)$/;

/** `file:line: …word… (say: …)` for each retired word in a text. */
function findRetired(file: string, text: string): readonly string[] {
  return text.split("\n").flatMap((line, index) =>
    retiredWords.flatMap(({ pattern, say }) => {
      const found = pattern.exec(line)?.[0];
      return found === undefined ? [] : [`${file}:${index + 1}: "${found}" (say: ${say})`];
    }),
  );
}

describe("retired words", () => {
  it("do not come back", () => {
    const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", ...places, ...otherPages], {
      cwd: rootDir,
      encoding: "utf8",
    });
    const files = listed.split("\n").filter((file) => file !== "" && !kept.test(file));
    expect(files.length).toBeGreaterThan(100);
    const found = files.flatMap((file) => findRetired(file, readFileSync(path.join(rootDir, file), "utf8")));
    expect(found).toEqual([]);
  });

  it("are noticed in code, in comments and in prose", () => {
    const planted = ["const mostRows = 5;", "/** What {@link Queue} is told. */", "Whoever asks gets nothing."];
    for (const line of planted) expect(findRetired("a.ts", line)).not.toEqual([]);
    expect(findRetired("a.ts", "const almostEmpty = 5; // in flight, at most 3")).toEqual([]);
  });
});
