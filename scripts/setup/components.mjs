/**
 * Everything that tests, demo and benches need in addition to npm packages. Each file in `scripts/components/` is one
 * component; adding a file is all it takes:
 *
 * ```js
 * /** @type {import("./components.mjs").Component} *\/
 * export default {
 *   name: "mlflow",                                    // unique; also for `npm run setup -- mlflow`
 *   why: "the scoring server of the e2e tests",        // printed when it is installed
 *   groups: ["test", "demo:mlflow"],                   // which commands ask for it
 *   packages: ["default-jre-headless"],                // optional: Debian packages, installed for all at once
 *   commands: ["java"],                                // optional: when all of these run, `packages` are not needed
 *   isPresent: (context) => context.findVenv("mlflow", requirements) !== undefined,
 *   install: (context) => context.uvVenv("mlflow", requirements),
 * };
 * ```
 *
 * `isPresent` must be quick and true only when the component really works; `install` runs after the Debian packages
 * are there, must be safe to run again, and throws an Error that says what to do. Components are installed two at a
 * time and know nothing of each other. Tests find what was installed through the same functions, see
 * {@link createContext}: `createContext().findVenv("mlflow", requirements)`.
 */
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { rootDir, runCommand } from "./command.mjs";
import { grey, red, say, seconds, warn } from "./console.mjs";
import { installPackages, missingPackages } from "./debian.mjs";
import { withLock } from "./lock.mjs";
import { ensureUv, findUv, findVenv, makeVenv } from "./python.mjs";

const atOnce = 2;

/**
 * @typedef {import("./python.mjs").Venv} Venv
 *
 * @typedef {object} Context What a component may use.
 * @property {string} cacheDir Folder outside the tree that outlives a clone; exists.
 * @property {string} rootDir Top folder of the repository.
 * @property {(command: string, args?: readonly string[], options?: { cwd?: string, env?: Record<string, string | undefined>, input?: string }) => Promise<string>} run
 *   Runs a program quietly and gives its output; throws with the output when it fails.
 * @property {(packages: readonly string[]) => Promise<void>} apt Installs Debian packages (better: the `packages` field).
 * @property {(name: string, requirements: readonly string[]) => Promise<Venv>} uvVenv Makes a Python environment in the cache.
 * @property {(name: string, requirements: readonly string[]) => Venv | undefined} findVenv The environment when it is there.
 * @property {() => Promise<string>} uv Path of uv, installed when needed.
 * @property {() => Promise<string | undefined>} findUv Path of uv when it is there.
 * @property {(message: string) => void} log Says something while installing.
 *
 * @typedef {object} Component
 * @property {string} name
 * @property {string} why
 * @property {readonly string[]} groups `test`, `infra`, `demo`, `demo:mlflow`, `bench`, `bench:all`.
 * @property {readonly string[]} [packages]
 * @property {readonly string[]} [commands]
 * @property {(context: Context) => boolean | Promise<boolean>} [isPresent] Left out: the Debian packages are all of it.
 * @property {(context: Context) => unknown} [install]
 */

/** Where downloads and environments are kept: $OUTRIDER_CACHE, else ~/.cache/outrider. */
export function cacheFolder() {
  return path.resolve(process.env.OUTRIDER_CACHE || path.join(homedir(), ".cache", "outrider"));
}

/**
 * What components and tests use to find and install things. `label` stands before what `log` says.
 * @param {string} [label]
 * @returns {Context}
 */
export function createContext(label = "set-up") {
  const cacheDir = cacheFolder();
  mkdirSync(cacheDir, { recursive: true });
  return {
    cacheDir,
    rootDir,
    run: runOrThrow,
    apt: installPackages,
    uvVenv: (name, requirements) => makeVenv(cacheDir, name, requirements),
    findVenv: (name, requirements) => findVenv(cacheDir, name, requirements),
    uv: () => ensureUv(cacheDir),
    findUv: () => findUv(cacheDir),
    log: (message) => say(grey(`  ${label}: ${message}`)),
  };
}

async function runOrThrow(command, args = [], options = {}) {
  const { code, output } = await runCommand(command, args, { ...options, quiet: true });
  if (code !== 0) throw new Error(`${[command, ...args].join(" ")} failed (${code}):\n${output.trim()}`);
  return output;
}

/**
 * All components, in the order of their file names.
 * @returns {Promise<readonly Component[]>}
 */
export async function loadComponents() {
  const folder = path.join(rootDir, "scripts", "components");
  const files = readdirSync(folder).filter((file) => file.endsWith(".mjs"));
  const modules = files.toSorted().map((file) => import(pathToFileURL(path.join(folder, file)).href));
  return (await Promise.all(modules)).map((module) => module.default);
}

/**
 * Installs what is missing of the wanted components. With CI=true a component that cannot be had is an error; else a
 * loud warning, and the tests that need it say that they are skipped.
 * @param {readonly Component[]} wanted
 */
export async function installComponents(wanted) {
  if ((await missingOf(wanted)).length === 0) return;
  const failures = await withLock(path.join(cacheFolder(), "setup.lock"), async () => {
    // Looked at again: the set-up that held the lock may have installed the same.
    const missing = await missingOf(wanted);
    for (const component of missing) say(`  installing ${component.name}: ${component.why}`);
    const packageFailure = await attempt("Debian packages", () => installAllPackages(missing));
    return [...packageFailure, ...(await installEach(missing))];
  });
  if (failures.length === 0) return;
  for (const failure of failures) warn(failure);
  if (process.env.CI === "true") throw new Error(red("Set-up failed; with CI=true every component must be there."));
  warn("Going on without what failed: tests and benches that need it are skipped and say so.");
}

async function missingOf(components) {
  const present = await Promise.all(components.map(isPresent));
  return components.filter((_, index) => !present[index]);
}

async function isPresent(component) {
  if ((await neededPackages(component)).length > 0) return false;
  return component.isPresent === undefined || (await component.isPresent(createContext(component.name)));
}

async function neededPackages(component) {
  const { packages = [], commands = [] } = component;
  if (commands.length > 0 && commands.every(isOnPath)) return [];
  return missingPackages(packages);
}

function isOnPath(command) {
  const folders = [...(process.env.PATH ?? "").split(path.delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => existsSync(path.join(folder, command)));
}

async function installAllPackages(components) {
  const lists = await Promise.all(components.map(neededPackages));
  await installPackages([...new Set(lists.flat())]);
}

async function installEach(components) {
  const waiting = components.filter((component) => component.install !== undefined);
  const failures = [];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      failures.push(...(await installOne(next)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return failures;
}

async function installOne(component) {
  const context = createContext(component.name);
  const startedAt = performance.now();
  return attempt(component.name, async () => {
    await component.install(context);
    if (!(await isPresent(component))) throw new Error("it was installed but does not work");
    context.log(`ready after ${seconds(performance.now() - startedAt)}`);
  });
}

async function attempt(name, action) {
  try {
    await action();
    return [];
  } catch (error) {
    return [`${name}: ${error instanceof Error ? error.message : String(error)}`];
  }
}
