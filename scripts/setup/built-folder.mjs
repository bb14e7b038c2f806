/** Folders in the cache that a script makes from sources of the repository, made again when those change. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";

const digits = 16;

/**
 * Where the folder `name` made from `sources` belongs: its name holds a hash of every file in `sources` and of `tools`
 * (the versions of what builds it). It is there only when it was finished.
 * @param {import("./components.mjs").Context} context
 * @param {{ name: string, sources: string, tools: readonly string[] }} plan
 */
export function builtFolderPath(context, { name, sources, tools }) {
  const hash = createHash("sha256").update(tools.join("\n"));
  const entries = readdirSync(sources, { recursive: true, withFileTypes: true }).filter(isSource);
  const files = entries.map((entry) => path.join(entry.parentPath ?? entry.path, entry.name)).toSorted();
  for (const file of files) hash.update(`\n${path.relative(sources, file)}\n`).update(readFileSync(file));
  return path.join(context.cacheDir, "models", `${name}-${hash.digest("hex").slice(0, digits)}`);
}

function isSource(entry) {
  return entry.isFile() && !entry.name.endsWith(".pyc");
}

/**
 * Makes the folder by calling `build` with a draft of it, which takes its place only when `build` has not failed.
 * Folders of the same name that were made from other sources are removed.
 * @param {import("./components.mjs").Context} context
 * @param {{ name: string, sources: string, tools: readonly string[] }} plan
 * @param {(draft: string) => Promise<void>} build
 */
export async function makeBuiltFolder(context, plan, build) {
  const folder = builtFolderPath(context, plan);
  if (existsSync(folder)) return;
  const parent = path.dirname(folder);
  mkdirSync(parent, { recursive: true });
  for (const entry of readdirSync(parent).filter((entry) => entry.startsWith(`${plan.name}-`))) {
    rmSync(path.join(parent, entry), { recursive: true, force: true });
  }
  const draft = path.join(parent, `${plan.name}-draft`);
  mkdirSync(draft);
  await build(draft);
  renameSync(draft, folder);
}
