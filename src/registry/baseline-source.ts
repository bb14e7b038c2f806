/** Where a baseline comes from before the first request: a file, or the registry that has the model. */
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { backoffMs, type BackoffOptions } from "../backoff.ts";
import type { Baseline } from "../drift/baseline/baseline.ts";
import { readBaseline } from "../drift/baseline/baseline-file.ts";
import { OutriderError } from "../errors/outrider-error.ts";
import {
  type ArtifactResult,
  baselineArtifact,
  fetchArtifact,
  type ModelVersion,
  type RegistryHttp,
} from "./mlflow-registry.ts";

/** The log's part that reports how fetching a baseline ends. */
export interface BaselineLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Options of {@link fetchBaseline}. */
export interface BaselineFetchOptions {
  /** Base URL of the tracking server. */
  readonly url: string;
  readonly model: ModelVersion;
  /** Opens the HTTP client; closed when the fetch ends. */
  openHttp(this: void): Promise<RegistryHttp & { close(): Promise<void> }>;
  /** Called at most once, with the registry's baseline. */
  onBaseline(this: void, baseline: Baseline): void;
  readonly log: BaselineLog;
}

/** Reads the baseline in this file. Rejects when the file cannot be read; throws `config_invalid` when it has no valid baseline. */
export async function readBaselineFile(file: string): Promise<Baseline> {
  const reading = readBaseline(await readFile(file, "utf8"));
  if (reading.kind === "baseline") return reading.baseline;
  throw new OutriderError("config_invalid", `drift.baseline: ${file}: ${problemText(reading.problems)}`);
}

/** True when the baseline states a model or version that is not the served one. An unstated name matches any. */
export function isOfOtherModel({ model: of }: Baseline, model: ModelVersion): boolean {
  if (of === undefined || model.name === "") return false;
  return of.name !== model.name || (of.version !== "" && of.version !== model.version);
}

const maxProblems = 5;

/** The first problems in words. */
function problemText(problems: readonly { readonly path: string; readonly problem: string }[]): string {
  const shown = problems.slice(0, maxProblems).map(({ path, problem }) => `${path}: ${problem}`);
  const rest = problems.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join("; ");
}

const retryBackoff: BackoffOptions = { firstMs: 1000, maxMs: 60_000, jitter: 0 };

/**
 * Fetches the model version's baseline, and retries until the registry answers. Without a baseline there, it stops:
 * artifacts of a registered version do not change. Never rejects; the returned function cancels.
 */
export function fetchBaseline(options: BaselineFetchOptions): () => void {
  const { onBaseline, log } = options;
  const cancelled = new AbortController();
  void (async () => {
    try {
      const baseline = await fetchUntilAnswered(options, cancelled.signal);
      if (baseline !== undefined && !cancelled.signal.aborted) onBaseline(baseline);
    } catch (error) {
      log.error({ error }, "the baseline cannot be fetched from the registry: one is learned from requests");
    }
  })();
  return () => cancelled.abort();
}

async function fetchUntilAnswered(
  { url, model, openHttp, log }: BaselineFetchOptions,
  cancelled: AbortSignal,
): Promise<Baseline | undefined> {
  const http = await openHttp();
  try {
    for (let attempt = 1; !cancelled.aborted; attempt++) {
      const result = await fetchArtifact(http, url, model, baselineArtifact);
      if (result.kind !== "failed") return baselineOf(result, log);
      const delayMs = backoffMs(attempt, retryBackoff, () => 0);
      log.warn({ reason: result.reason, retry_ms: delayMs }, "no baseline from the registry yet");
      await delay(delayMs, undefined, { ref: false, signal: cancelled }).catch(() => undefined);
    }
    return undefined;
  } finally {
    await http.close();
  }
}

function baselineOf(result: Exclude<ArtifactResult, { kind: "failed" }>, log: BaselineLog): Baseline | undefined {
  if (result.kind === "absent") {
    log.warn({ reason: result.reason }, "the registry has no baseline for this model: one is learned from requests");
    return undefined;
  }
  const reading = readBaseline(new TextDecoder().decode(result.bytes));
  if (reading.kind === "baseline") {
    log.info({ rows: reading.baseline.source.rows }, "the baseline comes from the registry");
    return reading.baseline;
  }
  log.error(
    { problems: problemText(reading.problems) },
    "the registry's baseline is invalid: one is learned from requests",
  );
  return undefined;
}
