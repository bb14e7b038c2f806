/** Python environments for the real model servers, kept in the cache and made again when their requirements change. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { runCommand } from "./command.mjs";
import { installPackages } from "./debian.mjs";

const uvVersion = "0.9.18";
const systemCertificates = "/etc/ssl/certs/ca-certificates.crt";
const markerName = ".outrider-requirements";

/**
 * @typedef {{ readonly dir: string, readonly python: string, readonly bin: string, readonly sitePackages: string }} Venv
 * A Python environment: its folder, its interpreter, the folder of its commands, the folder of its packages.
 */

/** Path of the uv that is on PATH or in the cache, or undefined. A stub that does not run does not count. */
export async function findUv(cacheDir) {
  for (const candidate of [path.join(cacheDir, "uv", "bin", "uv"), "uv"]) {
    const { code } = await runCommand(candidate, ["--version"], { quiet: true });
    if (code === 0) return candidate;
  }
  return undefined;
}

/** Makes sure that there is a uv, installing it into the cache when there is none. */
export async function ensureUv(cacheDir) {
  const found = await findUv(cacheDir);
  if (found) return found;
  const target = path.join(cacheDir, "uv");
  const attempts = [
    () => pipInstall(["-m", "pip"], target),
    async () => {
      await installPackages(["python3-pip"]);
      return pipInstall(["-m", "pip"], target);
    },
  ];
  let last = "";
  for (const attempt of attempts) {
    last = await attempt();
    const uv = await findUv(cacheDir);
    if (uv) return uv;
  }
  throw new Error(`uv could not be installed:\n${last}\nInstall Python 3 with pip, or put uv on PATH.`);
}

async function pipInstall(command, target) {
  rmSync(target, { recursive: true, force: true });
  const args = [...command, "install", "--quiet", "--target", target, `uv==${uvVersion}`];
  return (await runCommand("python3", args, { quiet: true })).output;
}

/**
 * The environment `name` if it holds exactly these requirements, else undefined.
 * @param {string} cacheDir
 * @param {string} name
 * @param {readonly string[]} requirements
 * @returns {Venv | undefined}
 */
export function findVenv(cacheDir, name, requirements) {
  const dir = path.join(cacheDir, "venvs", name);
  const marker = path.join(dir, markerName);
  // The interpreter is a link to the machine's own, which may have gone since.
  if (!existsSync(marker) || !existsSync(path.join(dir, "bin", "python"))) return undefined;
  return readFileSync(marker, "utf8") === fingerprint(requirements) ? describe(dir) : undefined;
}

/**
 * Makes the environment `name` with these requirements. Each requirement is one argument of `uv pip install`, so
 * options such as `--no-deps` are possible.
 * @param {string} cacheDir
 * @param {string} name
 * @param {readonly string[]} requirements
 * @returns {Promise<Venv>}
 */
export async function makeVenv(cacheDir, name, requirements) {
  const present = findVenv(cacheDir, name, requirements);
  if (present) return present;
  const uv = await ensureUv(cacheDir);
  const dir = path.join(cacheDir, "venvs", name);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(path.dirname(dir), { recursive: true });
  await runUv(uv, ["venv", "--quiet", "--python", "python3", dir]);
  await runUv(uv, ["pip", "install", "--quiet", "--python", path.join(dir, "bin", "python"), ...requirements]);
  writeFileSync(path.join(dir, markerName), fingerprint(requirements));
  return describe(dir);
}

async function runUv(uv, args) {
  const { code, output } = await runCommand(uv, args, { quiet: true, env: await uvEnvironment() });
  if (code !== 0) throw new Error(`uv ${args.slice(0, 2).join(" ")} failed (${code}):\n${output.trim()}`);
}

/** uv does not read pip's settings: the index and certificates that a machine gives pip are handed on. */
async function uvEnvironment() {
  const env = { UV_PYTHON_DOWNLOADS: "never", UV_HTTP_TIMEOUT: "180" };
  if (!process.env.SSL_CERT_FILE && existsSync(systemCertificates)) env.SSL_CERT_FILE = systemCertificates;
  if (process.env.UV_DEFAULT_INDEX || process.env.UV_INDEX_URL) return env;
  const index = process.env.PIP_INDEX_URL ?? (await pipSetting("global.index-url"));
  return index ? { ...env, UV_DEFAULT_INDEX: index } : env;
}

async function pipSetting(key) {
  const { code, output } = await runCommand("python3", ["-m", "pip", "config", "get", key], { quiet: true });
  return code === 0 ? output.trim() : undefined;
}

function fingerprint(requirements) {
  return createHash("sha256").update(requirements.join("\n")).digest("hex");
}

function describe(dir) {
  const lib = path.join(dir, "lib");
  const python = readdirSync(lib).find((entry) => entry.startsWith("python"));
  if (!python) throw new Error(`${dir} is not a Python environment. Remove it and run set-up again.`);
  const bin = path.join(dir, "bin");
  return { dir, bin, python: path.join(bin, "python"), sitePackages: path.join(lib, python, "site-packages") };
}
