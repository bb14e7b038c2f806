/** Folders in the cache that a script makes from sources of the repository, made again when those change. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";

const digits = 16;
const kept = 4;

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
 * Of the folders that were made from other sources, as other clones may still have them, the newest few are kept.
 * @param {import("./components.mjs").Context} context
 * @param {{ name: string, sources: string, tools: readonly string[] }} plan
 * @param {(draft: string) => Promise<void>} build
 */
export async function makeBuiltFolder(context, plan, build) {
  const folder = builtFolderPath(context, plan);
  if (existsSync(folder)) return;
  const parent = path.dirname(folder);
  mkdirSync(parent, { recursive: true });
  removeOldest(parent, `${plan.name}-`);
  const draft = path.join(parent, `.${plan.name}-draft`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft);
  await build(draft);
  renameSync(draft, folder);
}

function removeOldest(parent, prefix) {
  const folders = readdirSync(parent).filter((entry) => entry.startsWith(prefix));
  const byAge = folders.map((entry) => path.join(parent, entry)).toSorted((a, b) => madeAtMs(b) - madeAtMs(a));
  for (const folder of byAge.slice(kept)) rmSync(folder, { recursive: true, force: true });
}

function madeAtMs(folder) {
  return statSync(folder).mtimeMs;
}
