/** Where a baseline comes from before the first request: a file, or the registry that knows the model. */
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { Config } from "../config/table/table.ts";
import type { Baseline } from "../drift/baseline/baseline.ts";
import { readBaseline } from "../drift/baseline/baseline-file.ts";
import { OutriderError } from "../errors.ts";
import type { Log } from "../logging/logger.ts";
import { baselineArtifact, fetchArtifact, type ArtifactResult } from "../registry/mlflow-registry.ts";

/**
 * The baseline in the file that the configuration names; undefined when it names none. Throws when the file is not a
 * valid baseline.
 */
export async function baselineFromFile({ drift }: Config): Promise<Baseline | undefined> {
  if (drift.baseline === "") return undefined;
  const reading = readBaseline(await readFile(drift.baseline, "utf8"));
  if (reading.kind === "baseline") return reading.baseline;
  throw new OutriderError("config_invalid", `drift.baseline: ${drift.baseline}: ${problemText(reading.problems)}`);
}

const maxProblems = 5;

/** The first problems in words. */
function problemText(problems: readonly { readonly path: string; readonly problem: string }[]): string {
  const shown = problems.slice(0, maxProblems).map(({ path, problem }) => `${path}: ${problem}`);
  const rest = problems.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join("; ");
}

/** True when the registry is to be asked: it is configured, the model is named, and no file goes before it. */
export function isInRegistry({ registry, model, drift }: Config): boolean {
  return registry.url !== "" && model.name !== "" && model.version !== "" && drift.baseline === "";
}

const firstRetryMs = 1000;
const maxRetryMs = 60_000;

/**
 * Asks the registry until it answers, and hands the baseline to `use`. A version without one is not asked for again:
 * artifacts of a registered version do not change. Never rejects; the returned function gives up.
 */
export function fetchBaseline(config: Config, log: Log["logger"], use: (baseline: Baseline) => void): () => void {
  const over = new AbortController();
  void (async () => {
    try {
      const baseline = await askUntilAnswered(config, log, over.signal);
      if (baseline !== undefined && !over.signal.aborted) use(baseline);
    } catch (error) {
      log.error({ error }, "the registry could not be asked for a baseline: one is learned from requests");
    }
  })();
  return () => over.abort();
}

async function askUntilAnswered(config: Config, log: Log["logger"], over: AbortSignal): Promise<Baseline | undefined> {
  const { createHttpClient } = await import("../outbound/http-client.ts");
  const { url, tokenFile, timeoutMs } = config.registry;
  const http = createHttpClient({ timeoutMs, tokenFile });
  try {
    let delayMs = firstRetryMs;
    while (!over.aborted) {
      const result = await fetchArtifact(http, url, config.model, baselineArtifact);
      if (result.kind !== "failed") return read(result, log);
      log.warn({ reason: result.reason, retryMs: delayMs }, "no baseline from the registry yet");
      await delay(delayMs, undefined, { ref: false, signal: over }).catch(() => undefined);
      delayMs = Math.min(maxRetryMs, delayMs * 2);
    }
    return undefined;
  } finally {
    await http.close();
  }
}

function read(result: Exclude<ArtifactResult, { kind: "failed" }>, log: Log["logger"]): Baseline | undefined {
  if (result.kind === "absent") {
    log.warn({ reason: result.reason }, "the registry has no baseline for this model: one is learned from requests");
    return undefined;
  }
  const reading = readBaseline(new TextDecoder().decode(result.bytes));
  if (reading.kind === "baseline") {
    log.info({ rows: reading.baseline.source.rows }, "the baseline comes from the registry");
    return reading.baseline;
  }
  log.error({ problems: problemText(reading.problems) }, "the registry's baseline is invalid");
  return undefined;
}
