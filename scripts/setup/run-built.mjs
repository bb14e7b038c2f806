/** A command of the repository that needs the product: set-up, build, then the script itself. */
import process from "node:process";
import { passSignalsOn, runCommand } from "./command.mjs";
import { red } from "./console.mjs";
import { prepare } from "./prepare.mjs";

const helpFlags = new Set(["--help", "-h"]);

/**
 * Runs `script` with this process's arguments and ends with its exit code.
 * @param {string} script Path from the top folder.
 * @param {readonly string[]} groups Groups of components that it needs; none for `--help`.
 */
export async function runBuilt(script, groups) {
  const args = process.argv.slice(2);
  const isHelp = args.some((arg) => helpFlags.has(arg));
  passSignalsOn();
  try {
    await prepare(isHelp ? [] : groups);
    if (!isHelp) await buildProduct();
    const { code } = await runCommand("node", [script, ...args]);
    process.exitCode = code;
  } catch (error) {
    console.error(red(error.message));
    process.exitCode = 1;
  }
}

async function buildProduct() {
  const { code, output } = await runCommand("node", ["scripts/build.ts"], { quiet: true });
  if (code !== 0) throw new Error(`The build failed:\n${output}`);
}
