/**
 * Prints how many conformance cases, laws and known answers the tests of a checkout hold, to compare before and after
 * a change: `node scripts/count-cases.ts [ROOT]`, ROOT being the top folder of a checkout with its packages installed.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

/** Files of the folder `test` by their paths from the top folder, with their text. */
type Sources = ReadonlyMap<string, string>;

const root = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, ".."));
const sources = readSources();

const counts: readonly (readonly [name: string, count: number])[] = [
  ["conformance cases (tests in folders named conformance)", conformanceCases()],
  ["laws (calls of fc.assert)", occurrences(/\bfc\.assert\(/g)],
  ["known answers (values in *.data.json)", sumOver(/\.data\.json$/, (text) => leaves(JSON.parse(text)))],
  ["rows of tables in test sources", occurrences(/^\s+\[(?:.*\],?)?$/gm)],
];

console.log(root);
for (const [name, count] of counts) {
  console.log(`${String(count).padStart(8)}  ${name}`);
}

function readSources(): Sources {
  const entries = readdirSync(path.join(root, "test"), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name));
  return new Map(files.map((file) => [path.relative(root, file), readFileSync(file, "utf8")]));
}

/** Collected by running the files: most of these tests are made from tables. Takes a few seconds. */
function conformanceCases(): number {
  const folder = mkdtempSync(path.join(tmpdir(), "outrider-count-"));
  try {
    const list = path.join(folder, "list.json");
    const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");
    const flags = ["list", "--project", "unit", "--no-static-parse", `--json=${list}`, "conformance"];
    execFileSync(process.execPath, [vitest, ...flags], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
    const tests = JSON.parse(readFileSync(list, "utf8")) as readonly { readonly file: string }[];
    return tests.filter(({ file }) => file.split(path.sep).includes("conformance")).length;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function occurrences(pattern: RegExp): number {
  return sumOver(/\.ts$/, (text) => text.match(pattern)?.length ?? 0);
}

function sumOver(files: RegExp, countIn: (text: string) => number): number {
  const wanted = [...sources].filter(([file]) => files.test(file));
  return wanted.reduce((sum, [, text]) => sum + countIn(text), 0);
}

/** Numbers, texts, booleans and nulls in a JSON value, at any depth. */
function leaves(value: unknown): number {
  return typeof value === "object" && value !== null
    ? Object.values(value).reduce((sum: number, inner) => sum + leaves(inner), 0)
    : 1;
}
