/** Loads the configuration: defaults, then the file, then the environment, then flags. */
import { open, readFile } from "node:fs/promises";

import { assemble, valueAt, type Assembly } from "./layers/assemble.ts";
import { crossCheck } from "./table/checks.ts";
import { configFileVariable, environmentLayer, type Environment } from "./layers/environment-layer.ts";
import { fileLayer } from "./layers/file-layer.ts";
import { flagLayer, type FlagValue } from "./layers/flag-layer.ts";
import type { Layer } from "./layers/layer.ts";
import { expectationOf, type Mistake } from "./mistake.ts";
import type { Origin } from "./origin.ts";
import type { Field, FieldKind } from "./table/field.ts";
import { fieldRows, rowAt, type Config } from "./table/table.ts";

/** Where values come from, besides the defaults: flags win over the environment, which wins over the file. */
export interface ConfigSources {
  /** Path given with `--config`; else `OUTRIDER_CONFIG` in the environment names the file, else no file is read. */
  readonly file: string | undefined;
  readonly environment: Environment;
  readonly flags: readonly FlagValue[];
  /** True if a missing `upstream` is a mistake. */
  readonly isUpstreamRequired: boolean;
}

/** A complete configuration without mistakes, and where its values came from. */
export interface LoadedConfig {
  readonly config: Config;
  /** Where each value came from, by path. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** The file that was read, if any. */
  readonly file: string | undefined;
}

/** The configuration, or every mistake in it. */
export type LoadResult =
  | { readonly kind: "loaded"; readonly loaded: LoadedConfig }
  | { readonly kind: "mistakes"; readonly mistakes: readonly Mistake[] };

/** Loads and checks the configuration. Mistakes of a user are returned, not thrown. Reads the file, and the files that fields name. */
export async function loadConfig(sources: ConfigSources): Promise<LoadResult> {
  const file = configFile(sources);
  const layers: Layer[] = [environmentLayer(sources.environment), flagLayer(sources.flags)];
  if (file !== undefined) {
    layers.unshift(await fileLayer(file));
  }
  const assembly = assemble(layers);
  const mistakes = [...assembly.mistakes, ...crossCheck(assembly), ...(await fileMistakes(assembly))];
  if (sources.isUpstreamRequired && assembly.config.upstream === undefined && !assembly.brokenPaths.has("upstream")) {
    mistakes.push(missingUpstream());
  }
  return mistakes.length > 0
    ? { kind: "mistakes", mistakes: mistakes.sort((left, right) => placeOrder(left.origin) - placeOrder(right.origin)) }
    : { kind: "loaded", loaded: { config: assembly.config, origins: assembly.origins, file } };
}

const originKinds: readonly Origin["kind"][] = ["file", "environment", "flag", "default"];

/** Mistakes in the file come first, by line. */
function placeOrder(origin: Origin): number {
  return origin.kind === "file" ? origin.line : 1e9 + originKinds.indexOf(origin.kind);
}

function configFile(sources: ConfigSources): string | undefined {
  const named = sources.file ?? sources.environment[configFileVariable];
  return named === "" ? undefined : named;
}

function missingUpstream(): Mistake {
  const row = rowAt("upstream");
  return {
    origin: { kind: "default" },
    path: "upstream",
    problem: "the model server is missing: set --upstream, OUTRIDER_UPSTREAM, or `upstream:` in the file",
    ...(row === undefined ? {} : { expected: expectationOf(row) }),
  };
}

/** What is wrong with the files that fields name; the kind of a field says which of them are read. */
async function fileMistakes({ config, origins }: Assembly): Promise<readonly Mistake[]> {
  const mistakes: Mistake[] = [];
  for (const row of fieldRows) {
    const problemOf = fileChecks[row.field.kind];
    const file = valueAt(config, row);
    if (problemOf === undefined || typeof file !== "string" || file === "") continue;
    const problem = await problemOf(file, row.field).catch((error: unknown) => unreadable(file, error));
    if (problem !== undefined) {
      mistakes.push({ origin: origins.get(row.path) ?? { kind: "default" }, path: row.path, problem });
    }
  }
  return mistakes;
}

type FileCheck = (file: string, field: Field) => Promise<string | undefined>;

const fileChecks: { readonly [Kind in FieldKind]?: FileCheck } = {
  secret_file: secretProblem,
  certificate_file: certificateProblem,
  baseline_file: baselineProblem,
};

/** Some fields have a minimum length, because a short secret could be guessed. */
async function secretProblem(file: string, field: Field): Promise<string | undefined> {
  const minBytes = "minBytes" in field ? field.minBytes : undefined;
  const bytes = await secretBytes(file);
  if (bytes === 0) return `the file ${file} is empty`;
  return minBytes === undefined || bytes >= minBytes
    ? undefined
    : `the secret in ${file} has ${bytes} bytes; at least ${minBytes} are needed, e.g. \`openssl rand -hex 32\``;
}

/** Length of the text in a file without surrounding blanks. Reads at most 4 KiB. */
async function secretBytes(file: string): Promise<number> {
  await using handle = await open(file, "r");
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(4096), 0, 4096);
  return buffer.subarray(0, bytesRead).toString("latin1").trim().length;
}

async function certificateProblem(file: string): Promise<string | undefined> {
  const holdsOne = (await readFile(file, "latin1")).includes("-----BEGIN CERTIFICATE-----");
  return holdsOne ? undefined : `the file ${file} holds no certificate (PEM)`;
}

async function baselineProblem(file: string): Promise<string | undefined> {
  const { readBaseline } = await import("../drift/baseline/baseline-file.ts");
  const reading = readBaseline(await readFile(file, "utf8"));
  if (reading.kind === "baseline") return undefined;
  const [first] = reading.problems;
  return `${file} is not a baseline: ${first?.path ?? ""}: ${first?.problem ?? ""}`;
}

function unreadable(file: string, error: unknown): string {
  return `the file ${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`;
}
