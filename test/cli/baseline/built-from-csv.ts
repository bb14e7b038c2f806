import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "vitest";

import type { Baseline } from "../../../src/drift/baseline/baseline.ts";
import { readBaseline } from "../../../src/drift/baseline/baseline-file.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { dispatched, type Recorded } from "../support/recorded-context.ts";

/** A table with a column for each role. */
export const csv: string = `age,city,answer,truth,p,w,id
31,Bern,yes,yes,0.9,1,a
42,Rom,no,no,0.2,2,b
,Rom,yes,no,0.7,1,c
55,,no,yes,0.4,0,d
`;

/** What a command wrote and said. */
export interface Built extends Recorded {
  readonly directory: string;
  readonly baseline: Baseline;
}

/** A new directory with these files. */
export async function inDirectory(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const directory = await temporaryDirectory();
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(directory, name), content);
  return directory;
}

/** Reads a baseline that must be right. */
export async function loaded(file: string): Promise<Baseline> {
  const reading = readBaseline(await readFile(file, "utf8"));
  if (reading.kind === "problems") throw new Error(JSON.stringify(reading.problems));
  return reading.baseline;
}

/** Builds a baseline of `a.csv`, which is {@link csv} unless given. */
export async function build(flags: readonly string[], content: string = csv): Promise<Built> {
  const directory = await inDirectory({ "a.csv": content });
  const output = path.join(directory, "b.json");
  const recorded = await dispatched([
    "baseline",
    "build",
    "--input",
    path.join(directory, "a.csv"),
    "-o",
    output,
    ...flags,
  ]);
  expect(recorded.errors).toBe("");
  expect(recorded.exitCode).toBe(0);
  return { ...recorded, directory, baseline: await loaded(output) };
}
