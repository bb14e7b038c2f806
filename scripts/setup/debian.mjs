/** Debian packages for the tests and benches: one apt call for all of them, and no service starts by itself. */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { runCommand } from "./command.mjs";

const policyFile = "/usr/sbin/policy-rc.d";
const quietly = { DEBIAN_FRONTEND: "noninteractive" };

/**
 * Those of `packages` that are not installed; all of them where there is no dpkg.
 * @param {readonly string[]} packages
 */
export async function missingPackages(packages) {
  if (packages.length === 0) return [];
  const format = "${Package} ${db:Status-Status}\\n";
  const { output } = await runCommand("dpkg-query", ["-W", `-f=${format}`, ...packages], { quiet: true });
  const installed = new Set(output.split("\n").flatMap((line) => line.match(/^(\S+) installed$/)?.[1] ?? []));
  return packages.filter((name) => !installed.has(name));
}

/**
 * Installs Debian packages; those that are there already cost nothing. Throws with the remedy when it cannot.
 * @param {readonly string[]} packages
 */
export async function installPackages(packages) {
  const missing = await missingPackages(packages);
  if (missing.length === 0) return;
  const remedy = `Install them yourself: apt-get install ${missing.join(" ")}`;
  if (!existsSync("/usr/bin/apt-get")) throw new Error(`This machine has no apt-get. ${remedy}`);
  if (process.getuid?.() !== 0) throw new Error(`Debian packages need root. ${remedy}`);
  await withoutAutostart(async () => {
    await apt(["update"], remedy);
    await apt(["install", "-y", "--no-install-recommends", ...missing], remedy);
  });
}

async function apt(args, remedy) {
  const wait = ["-o", "DPkg::Lock::Timeout=600", "-qq"];
  const { code, output } = await runCommand("apt-get", [...wait, ...args], { quiet: true, env: quietly });
  if (code !== 0) throw new Error(`apt-get ${args[0]} failed (${code}):\n${output.trim()}\n${remedy}`);
}

/** A policy-rc.d that answers 101 keeps the servers that packages bring from starting; one that is there stays. */
async function withoutAutostart(action) {
  const isOurs = !existsSync(policyFile);
  if (isOurs) writeFileSync(policyFile, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await action();
  } finally {
    if (isOurs) rmSync(policyFile, { force: true });
  }
}
