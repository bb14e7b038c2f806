/**
 * Writes the cost table of the README from the newest file in bench/results; `--check` only says whether it is fresh.
 *
 * Usage: node bench/update-readme.ts [--check]
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withReadmeTable } from "./report/readme-table.ts";
import type { BenchResults } from "./report/results.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const readmeFile = join(root, "README.md");
const resultsFolder = join(root, "bench", "results");

const newest = (existsSync(resultsFolder) ? readdirSync(resultsFolder) : [])
  .filter((file) => file.endsWith(".json"))
  .sort()
  .at(-1);
if (newest === undefined) throw new Error("bench/results holds no results; run `npm run bench`");

const results = JSON.parse(readFileSync(join(resultsFolder, newest), "utf8")) as BenchResults;
const readme = readFileSync(readmeFile, "utf8");
const updated = withReadmeTable(readme, results);
if (!process.argv.includes("--check")) {
  writeFileSync(readmeFile, updated);
} else if (updated !== readme) {
  console.error(
    `The cost table of README.md is not that of bench/results/${newest}: run \`node bench/update-readme.ts\`.`,
  );
  process.exitCode = 1;
}
