/**
 * Writes docs/reference from the tables: `npm run docs`. With `--check` it writes nothing, names the pages that are
 * not what the tables say and ends with 1.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";

import { adminApiPage } from "./docs/admin-api-page.ts";
import { baselineSchemaPage } from "./docs/baseline-schema-page.ts";
import { cliPage } from "./docs/cli-page.ts";
import { configPage } from "./docs/config-page.ts";
import { configSchemaPage } from "./docs/config-schema-page.ts";
import { errorsPage } from "./docs/errors-page.ts";
import { metricsPage } from "./docs/metrics-page.ts";
import type { Page } from "./docs/page.ts";
import { predictionRecordPage } from "./docs/prediction-record-page.ts";
import { routesPage } from "./docs/routes-page.ts";

const pages: readonly Page[] = [
  configPage,
  configSchemaPage,
  errorsPage,
  cliPage,
  metricsPage,
  adminApiPage,
  routesPage,
  baselineSchemaPage,
  predictionRecordPage,
];

/** Names of pages in a directory that are missing, differ from the tables, or belong to no table. */
export async function stalePages(directory: string): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const page of pages) {
    const text = await readFile(path.join(directory, page.file), "utf8").catch(() => undefined);
    if (text !== page.render()) {
      stale.push(page.file);
    }
  }
  const known = new Set(pages.map((page) => page.file));
  const present = await readdir(directory).catch(() => []);
  return [...stale, ...present.filter((file) => !known.has(file))];
}

/** Writes every page. */
export async function writePages(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const page of pages) {
    await writeFile(path.join(directory, page.file), page.render());
  }
}

async function main(flags: readonly string[]): Promise<number> {
  const directory = path.resolve(import.meta.dirname, "../docs/reference");
  const unknown = flags.filter((flag) => flag !== "--check");
  if (unknown.length > 0) {
    console.error(`Unknown: ${unknown.join(" ")}. Usage: node scripts/generate-docs.ts [--check]`);
    return 2;
  }
  if (!flags.includes("--check")) {
    await writePages(directory);
    return 0;
  }
  const stale = await stalePages(directory);
  if (stale.length > 0) {
    console.error(`Stale: ${stale.map((file) => `docs/reference/${file}`).join(", ")}. Run \`npm run docs\`.`);
    return 1;
  }
  console.log(`${pages.length} pages are fresh`);
  return 0;
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2));
}
