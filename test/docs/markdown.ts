import { globSync, readFileSync } from "node:fs";
import path from "node:path";

/** The repository's top folder. */
export const rootDir: string = path.resolve(import.meta.dirname, "../..");

/** A block between fences. */
export interface CodeBlock {
  readonly language: string;
  readonly lines: readonly string[];
}

/** A Markdown page, split into prose and code. */
export interface Page {
  /** From the top folder. */
  readonly file: string;
  /** Without code blocks. */
  readonly prose: string;
  readonly blocks: readonly CodeBlock[];
}

/** Every Markdown page of the repository. */
export function readPages(): readonly Page[] {
  const folders = ["docs/**", "deploy/**", "demo/**", "bench/**", "examples/**", "scripts/**", "test/**"];
  const patterns = ["*.md", ...folders.map((folder) => `${folder}/*.md`)];
  const exclude = (file: string): boolean => file.includes("node_modules");
  return globSync(patterns, { cwd: rootDir, exclude }).toSorted().map(readPage);
}

/** One page of the repository. */
export function readPage(file: string): Page {
  return parsePage(file, readFileSync(path.join(rootDir, file), "utf8"));
}

/** Splits the text of a page. */
export function parsePage(file: string, text: string): Page {
  const prose: string[] = [];
  const blocks: { language: string; lines: string[] }[] = [];
  let open: { language: string; lines: string[] } | undefined;
  for (const line of text.split("\n")) {
    const fence = /^\s*```(?<language>.*)$/.exec(line);
    if (fence === null) {
      (open?.lines ?? prose).push(line);
    } else if (open === undefined) {
      open = { language: fence.groups?.["language"]?.trim() ?? "", lines: [] };
      blocks.push(open);
    } else {
      open = undefined;
    }
  }
  return { file, prose: prose.join("\n"), blocks };
}

/** Targets of links and pictures that stay in the repository. */
export function localLinks({ prose }: Page): readonly string[] {
  const withoutCode = prose.replaceAll(/`[^`\n]*`/g, (code) => "x".repeat(code.length));
  return [...withoutCode.matchAll(/\]\((?<target>[^()\s]+)\)/g)]
    .map((match) => match.groups?.["target"] ?? "")
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** Names under which the page's headings can be linked to, as GitHub makes them. */
export function anchors({ prose }: Page): ReadonlySet<string> {
  const headings = [...prose.matchAll(/^#{1,6} +(?<title>.*)$/gm)].map((match) => match.groups?.["title"] ?? "");
  return new Set(
    headings.map((title) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replaceAll(/\s/g, "-"),
    ),
  );
}

/** Commands of a page's shell blocks that begin with one of `programs`, one word an item; `npx` is left out. */
export function commandLines({ blocks }: Page, programs: readonly string[]): readonly (readonly string[])[] {
  return blocks
    .filter(({ language }) => language === "sh")
    .flatMap(({ lines }) => lines.flatMap((line) => line.split("&&")))
    .map((line) => shellWords(line.trim()))
    .map((words) => (words[0] === "npx" ? words.slice(1) : words))
    .filter(([program]) => program !== undefined && programs.includes(program));
}

/** Words of a simple command: quotes keep words together, nothing else is special. */
export function shellWords(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word.replaceAll(/['"]/g, ""));
}
