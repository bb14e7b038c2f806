/** The npm packages of the lock file: installed when they are missing or the lock file has changed. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { rootDir, runCommand } from "./command.mjs";
import { say, warn } from "./console.mjs";
import { installPackages } from "./debian.mjs";

const modules = path.join(rootDir, "node_modules");
const marker = path.join(modules, ".outrider-lock");

/** Runs `npm ci` unless node_modules already holds what package-lock.json says. */
export async function ensureNpmPackages() {
  const wanted = createHash("sha256")
    .update(readFileSync(path.join(rootDir, "package-lock.json")))
    .digest("hex");
  if (isInstalled(wanted)) return;
  await ensureNodeLibraries();
  say("  installing npm packages: the toolchain and the few packages of the product");
  // npm itself runs on the system's Node and warns that this one is too old for some packages. They are run by the Node
  // that is one of the packages, so that is noise; what goes wrong is shown below.
  const { code, output } = await runCommand("npm", ["ci", "--loglevel=error"], { quiet: true });
  if (code !== 0) throw new Error(`npm ci failed. It needs the npm registry.\n${output.trim()}`);
  writeFileSync(marker, wanted);
}

/** The Node that comes as an npm package needs libatomic, which the smallest Debian installations lack. */
async function ensureNodeLibraries() {
  if (process.platform !== "linux") return;
  const { code, output } = await runCommand("/sbin/ldconfig", ["-p"], { quiet: true });
  if (code !== 0 || output.includes("libatomic.so.1")) return;
  await installPackages(["libatomic1"]).catch((error) => warn(`libatomic may be missing: ${error.message}`));
}

function isInstalled(wanted) {
  const isComplete = existsSync(path.join(modules, ".bin", "node"));
  return isComplete && existsSync(marker) && readFileSync(marker, "utf8") === wanted;
}
