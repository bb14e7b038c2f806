/** Source texts that break one lint rule each, and some that come close and break none. */

/** A file as the linter sees it, and the one rule that it must be caught by; `none` for lawful ones. */
export interface PlantedForLint {
  readonly what: string;
  readonly rule: string;
  readonly file: string;
  readonly source: string;
}

const repeat = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join("\n");

const functionOf = (lines: number): string =>
  `export function work(values: number[]): void {\n${repeat(lines - 2, (index) => `  values.push(${index});`)}\n}\n`;

const branches = (count: number): string =>
  `export function pick(value: number): number {\n${repeat(count, (index) => `  if (value === ${index}) return ${index};`)}\n  return -1;\n}\n`;

const nested = (depth: number): string =>
  `export function find(value: number): number {\n${repeat(depth, (index) => `if (value > ${index}) {`)}\nreturn 1;\n${"}".repeat(depth)}\nreturn 0;\n}\n`;

const importOf = (specifier: string): string =>
  `import { part } from "${specifier}";\n\nexport const own: number = part;\n`;

/** See {@link PlantedForLint}. */
export const plantedForLint: readonly PlantedForLint[] = [
  {
    what: "301 lines of code",
    rule: "max-lines",
    file: "src/relay/long-file.ts",
    source: repeat(301, (index) => `export const value${index} = ${index};`),
  },
  {
    what: "300 lines of code and any number of comments",
    rule: "none",
    file: "src/relay/full-file.ts",
    source: `${repeat(50, () => "// why\n")}\n${repeat(300, (index) => `export const value${index} = ${index};`)}`,
  },
  {
    what: "a function of 61 lines",
    rule: "max-lines-per-function",
    file: "src/relay/long-function.ts",
    source: functionOf(61),
  },
  { what: "a function of 60 lines", rule: "none", file: "src/relay/full-function.ts", source: functionOf(60) },
  { what: "13 ways through", rule: "complexity", file: "src/relay/branchy.ts", source: branches(12) },
  { what: "12 ways through", rule: "none", file: "src/relay/branched.ts", source: branches(11) },
  {
    what: "five parameters",
    rule: "max-params",
    file: "src/relay/many-params.ts",
    source:
      "export const sum = (a: number, b: number, c: number, d: number, e: number): number => a + b + c + d + e;\n",
  },
  { what: "four blocks deep", rule: "max-depth", file: "src/relay/deep.ts", source: nested(4) },
  { what: "three blocks deep", rule: "none", file: "src/relay/nested.ts", source: nested(3) },
  {
    what: "a default export",
    rule: "no-default-export",
    file: "src/relay/default-export.ts",
    source: "const value = 1;\n\nexport default value;\n",
  },
  { what: "console in the product", rule: "no-console", file: "src/relay/chatty.ts", source: 'console.log("here");\n' },
  { what: "console in a command", rule: "none", file: "src/cli/chatty.ts", source: 'console.log("here");\n' },
  {
    what: "a promise nobody waits for",
    rule: "no-floating-promises",
    file: "src/relay/floating.ts",
    source: "const later = async (): Promise<number> => 1;\n\nlater();\n",
  },
  {
    what: "a promise where a condition is wanted",
    rule: "no-misused-promises",
    file: "src/relay/misused.ts",
    source: "const later = async (): Promise<boolean> => true;\n\nexport const answer = later() ? 1 : 2;\n",
  },
  {
    what: "a switch that forgets a case",
    rule: "switch-exhaustiveness-check",
    file: "src/relay/forgetful.ts",
    source:
      'export function name(kind: "a" | "b"): string {\n  switch (kind) {\n    case "a":\n      return "first";\n  }\n  return "";\n}\n',
  },
  {
    what: "any",
    rule: "no-explicit-any",
    file: "src/relay/untyped.ts",
    source: "export const read = (value: any): string => String(value);\n",
  },
  {
    what: "a type imported as a value",
    rule: "consistent-type-imports",
    file: "src/relay/type-import.ts",
    source: 'import { Socket } from "node:net";\n\nexport const close = (socket: Socket): void => socket.destroy();\n',
  },
  {
    what: "a file name in camel case",
    rule: "filename-case",
    file: "src/relay/camelCase.ts",
    source: "export const value = 1;\n",
  },
  {
    what: "level 0 reaching out of its folder",
    rule: "no-restricted-imports",
    file: "src/http1/reaching.ts",
    source: importOf("../stats/part.ts"),
  },
  {
    what: "level 0 importing Node",
    rule: "no-restricted-imports",
    file: "src/http1/with-node.ts",
    source: 'import { sep } from "node:path";\n\nexport const own: string = sep;\n',
  },
  {
    what: "level 0 importing its own folder",
    rule: "none",
    file: "src/http1/at-home.ts",
    source: importOf("./part.ts"),
  },
  {
    what: "level 0 reading the time",
    rule: "no-restricted-globals",
    file: "src/http1/timed.ts",
    source: "export const now = (): number => Date.now();\n",
  },
  {
    what: "level 0 throwing dice",
    rule: "no-restricted-properties",
    file: "src/stats/random.ts",
    source: "export const dice = (): number => Math.random();\n",
  },
  {
    what: "level 1 importing Node",
    rule: "no-restricted-imports",
    file: "src/metrics/with-node.ts",
    source: 'import { sep } from "node:path";\n\nexport const own: string = sep;\n',
  },
  {
    what: "level 1 importing an edge",
    rule: "no-restricted-imports",
    file: "src/protocols/reaching.ts",
    source: importOf("../relay/part.ts"),
  },
  {
    what: "level 1 reading the time",
    rule: "no-restricted-globals",
    file: "src/metrics/timed.ts",
    source: "export const now = (): number => performance.now();\n",
  },
  {
    what: "an edge importing a sibling edge",
    rule: "no-restricted-imports",
    file: "src/admin/reaching.ts",
    source: importOf("../exposition/part.ts"),
  },
  {
    what: "an edge importing level 1",
    rule: "none",
    file: "src/admin/lawful.ts",
    source: importOf("../metrics/part.ts"),
  },
  {
    what: "an edge importing the composition root",
    rule: "no-restricted-imports",
    file: "src/probe/reaching.ts",
    source: importOf("../sidecar.ts"),
  },
  {
    what: "a barrel imported",
    rule: "no-restricted-imports",
    file: "src/cli/barrel.ts",
    source: importOf("../relay/index.ts"),
  },
];
