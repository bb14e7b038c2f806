/** All that must be there before a command runs. Quick when nothing is missing. */
import { ensureNpmPackages } from "./npm-packages.mjs";
import { bold, green, say, seconds } from "./console.mjs";
import { installComponents, loadComponents } from "./components.mjs";

/**
 * Installs the npm packages and every component that is in one of the groups or has one of the names; `all` means
 * everything.
 * @param {readonly string[]} wanted
 */
export async function prepare(wanted) {
  const startedAt = performance.now();
  say(bold(wanted.length === 0 ? "Set-up" : `Set-up (${wanted.join(", ")})`));
  await ensureNpmPackages();
  const components = await loadComponents();
  const known = new Set(components.flatMap((component) => [component.name, ...component.groups]));
  const unknown = wanted.filter((name) => name !== "all" && !known.has(name) && !knownGroups.has(name));
  if (unknown.length > 0) throw new Error(`Unknown: ${unknown.join(", ")}. Known: all, ${[...known].join(", ")}.`);
  const isWanted = (component) => [component.name, "all", ...component.groups].some((name) => wanted.includes(name));
  await installComponents(components.filter(isWanted));
  say(green(`  done (${seconds(performance.now() - startedAt)})`));
}

/** Groups that commands ask for even when no component is in them. */
const knownGroups = new Set(["test", "demo", "demo:mlflow", "bench", "bench:all"]);
