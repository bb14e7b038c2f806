/** Loads the configuration: defaults, then the file, then the environment, then flags. */
import { open, readFile } from "node:fs/promises";

import { assemble, type Assembly } from "./layers/assemble.ts";
import { crossCheck } from "./table/checks.ts";
import { configFileVariable, environmentLayer, type Environment } from "./layers/environment-layer.ts";
import { fileLayer } from "./layers/file-layer.ts";
import { flagLayer, type FlagValue } from "./layers/flag-layer.ts";
import type { Layer } from "./layers/layer.ts";
import { expectationOf, type Mistake } from "./mistake.ts";
import type { Origin } from "./origin.ts";
import { rowAt, type Config } from "./table/table.ts";

/** Where values may come from. */
export interface ConfigSources {
  /** Path given with `--config`; else `OUTRIDER_CONFIG` in the environment names the file, else there is none. */
  readonly file: string | undefined;
  readonly environment: Environment;
  readonly flags: readonly FlagValue[];
  /** True where a model server must be named. */
  readonly isUpstreamRequired: boolean;
}

/** A configuration without mistakes. */
export interface LoadedConfig {
  readonly config: Config;
  /** Where each value came from, by path. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** The file that was read, if any. */
  readonly file: string | undefined;
}

/** What loading gave: the configuration, or every mistake in it. */
export type LoadResult =
  | { readonly kind: "loaded"; readonly loaded: LoadedConfig }
  | { readonly kind: "mistakes"; readonly mistakes: readonly Mistake[] };

/** Loads and checks the configuration. Never throws for what a user can get wrong; reads the file, and the files that fields name. */
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

/** Mistakes of the file come first, by line, as an editor would show them. */
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
    problem: "the model server is not named: give --upstream, OUTRIDER_UPSTREAM, or `upstream:` in the file",
    ...(row === undefined ? {} : { expected: expectationOf(row) }),
  };
}

/** What is wrong with the files that fields name. */
async function fileMistakes({ config, origins }: Assembly): Promise<readonly Mistake[]> {
  const files = [
    { path: "admin.token_file", file: config.admin.tokenFile, problemOf: secretProblem },
    { path: "redis.password_file", file: config.redis.passwordFile, problemOf: secretProblem },
    { path: "redis.ca_file", file: config.redis.caFile, problemOf: secretProblem },
    { path: "registry.token_file", file: config.registry.tokenFile, problemOf: secretProblem },
    { path: "loki.password_file", file: config.loki.passwordFile, problemOf: secretProblem },
    { path: "loki.token_file", file: config.loki.tokenFile, problemOf: secretProblem },
    { path: "loki.ca_file", file: config.loki.caFile, problemOf: secretProblem },
    { path: "loki.cert_file", file: config.loki.certFile, problemOf: secretProblem },
    { path: "loki.key_file", file: config.loki.keyFile, problemOf: secretProblem },
    { path: "redaction.key_file", file: config.redaction.keyFile, problemOf: hashKeyProblem },
    { path: "drift.baseline", file: config.drift.baseline, problemOf: baselineProblem },
  ];
  const mistakes: Mistake[] = [];
  for (const { path, file, problemOf } of files) {
    const problem = file === "" ? undefined : await problemOf(file).catch((error: unknown) => unreadable(file, error));
    if (problem !== undefined) mistakes.push({ origin: origins.get(path) ?? { kind: "default" }, path, problem });
  }
  return mistakes;
}

/** Shortest key of a hash, bytes: below it the key itself could be guessed. */
const minKeyBytes = 16;

async function hashKeyProblem(file: string): Promise<string | undefined> {
  const key = (await readFile(file, "latin1")).trim();
  return key.length >= minKeyBytes
    ? undefined
    : `the key in ${file} has ${key.length} bytes; at least ${minKeyBytes} are needed, e.g. \`openssl rand -hex 32\``;
}

async function secretProblem(file: string): Promise<string | undefined> {
  await using handle = await open(file, "r");
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(4096), 0, 4096);
  const isBlank = buffer.subarray(0, bytesRead).toString("latin1").trim() === "";
  return isBlank ? `the file ${file} is empty` : undefined;
}

async function baselineProblem(file: string): Promise<string | undefined> {
  const { readBaseline } = await import("../drift/baseline/baseline-file.ts");
  const reading = readBaseline(await readFile(file, "utf8"));
  if (reading.kind === "baseline") return undefined;
  const [first] = reading.problems;
  return `${file} is no baseline: ${first?.path ?? ""}: ${first?.problem ?? ""}`;
}

function unreadable(file: string, error: unknown): string {
  return `the file ${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`;
}
