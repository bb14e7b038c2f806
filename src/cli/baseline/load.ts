import { readFile } from "node:fs/promises";

import type { Baseline } from "../../drift/baseline/baseline.ts";
import { readBaseline } from "../../drift/baseline/baseline-file.ts";
import { OutriderError } from "../../errors/outrider-error.ts";

/** Reads a baseline file. Fails with `file_unreadable`, or with `baseline_invalid` and the first problems. */
export async function loadBaseline(file: string): Promise<Baseline> {
  const result = readBaseline(await readText(file));
  if (result.kind === "baseline") return result.baseline;
  const lines = result.problems.map(({ path, problem }) => `  ${path}: ${problem}`);
  throw new OutriderError("baseline_invalid", `${file} is not a valid baseline\n${lines.join("\n")}\n`);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new OutriderError("file_unreadable", `${file}: ${(error as Error).message}`, { cause: error });
  }
}
