/** Reads what a TypeScript file imports: values and types, static and lazy, and what it passes on. */

/** One import of a file. */
export interface ImportEdge {
  readonly specifier: string;
  /** `lazy` is `import("…")`; `reexport` is `export … from`. Types count as `static`. */
  readonly kind: "static" | "lazy" | "reexport";
}

const staticImport = /^[ \t]*import\b(?!\s*[(.])[^;"']*?["']([^"'\n]+)["']/gm;
const reexport = /^[ \t]*export\b[ \t]*(?:type\b[ \t]*)?(?:\*|\{[^}]*\})[^;"']*?\bfrom\s*["']([^"'\n]+)["']/gm;
const lazyImport = /\bimport\s*\(\s*["'`]([^"'`\n]+)["'`]/g;
const required = /\brequire\s*\(\s*["']([^"'\n]+)["']/g;

/** All imports in `source`, in the order of their kinds. Lines of comments are not read. */
export function readImports(source: string): readonly ImportEdge[] {
  const code = source
    .split("\n")
    .filter((line) => !/^\s*(?:\/\/|\/\*|\*)/.test(line))
    .join("\n");
  return [
    ...matches(code, staticImport, "static"),
    ...matches(code, reexport, "reexport"),
    ...matches(code, lazyImport, "lazy"),
    ...matches(code, required, "static"),
  ];
}

function matches(code: string, pattern: RegExp, kind: ImportEdge["kind"]): readonly ImportEdge[] {
  return [...code.matchAll(pattern)].map((match) => ({ specifier: match[1] ?? "", kind }));
}
