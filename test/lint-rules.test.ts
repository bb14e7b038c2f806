import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile, copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rootDir } from "./architecture/source-files.ts";
import { plantedForLint } from "./architecture/planted-for-lint.ts";

const run = promisify(execFile);

/** One finding of the linter: where, and the rule in its own notation, e.g. `eslint(max-lines)`. */
interface Finding {
  readonly filename: string;
  readonly code: string;
}

/** Lints a copy of the planted files in a folder of their own with this repository's configuration. */
async function lintPlanted(folder: string): Promise<readonly Finding[]> {
  for (const file of [".oxlintrc.json", "tsconfig.json"])
    await copyFile(path.join(rootDir, file), path.join(folder, file));
  await symlink(path.join(rootDir, "node_modules"), path.join(folder, "node_modules"));
  for (const { file, source } of plantedForLint) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), source);
  }
  const oxlint = path.join(rootDir, "node_modules/.bin/oxlint");
  const { stdout } = await run(oxlint, ["--type-aware", "--format=json"], { cwd: folder }).catch(
    (error: { stdout: string }) => error,
  );
  return (JSON.parse(stdout) as { diagnostics: readonly Finding[] }).diagnostics;
}

describe("lint rules", () => {
  let folder = "";
  let findings: readonly Finding[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "outrider-lint-"));
    findings = await lintPlanted(folder);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(plantedForLint)("$rule catches $what", ({ file, rule }) => {
    const codes = findings.filter((finding) => finding.filename === file).map((finding) => finding.code);
    expect(codes.map((code) => /\((.*)\)/.exec(code)?.[1] ?? code)).toEqual(rule === "none" ? [] : [rule]);
  });
});
