/** Options of the parts of body telemetry, from the configuration. */
import type { CaptureOptions } from "../capture/capture.ts";
import type { Config } from "../config/table/table.ts";
import type { Baseline } from "../drift/baseline/baseline.ts";
import type { DriftMonitorRegistryOptions } from "../drift/monitor/drift-monitor-registry.ts";
import type { ModelLabels } from "../metrics/model-labels.ts";
import { memoryShares } from "./memory-budget.ts";
import type { ReaderOptions } from "../payload/reader-options.ts";

/** How many bodies are captured, and the memory and CPU for it; memory is a share of `memory.budget_bytes`. */
export function captureOptions(config: Config): Omit<CaptureOptions, "consumers" | "clock"> {
  const { readingQueueBytes, decodedBytes } = memoryShares(config);
  const { sample, cpu } = config.reading;
  return { sampleRatio: sample, cpuRatio: cpu, queueBytes: readingQueueBytes, decodedBytes };
}

/** Drift and accuracy need far more memory and series per model than request metrics: fewer models are followed. */
export const followedModels = ({ metrics }: Config): number => Math.min(64, Math.ceil(metrics.maxModels / 4));

const hourMs = 3_600_000;

/** Longer windows, reported in addition to the one that verdicts are based on. */
const longWindows = (windowMs: number): readonly number[] => [hourMs, 24 * hourMs].filter((ms) => ms > windowMs);

/** Windows, thresholds and bounds of the drift monitors. */
export function monitorOptions(config: Config, baseline: Baseline | undefined): DriftMonitorRegistryOptions {
  const { drift, reading } = config;
  return {
    baselines: baseline === undefined ? [] : [baseline],
    learnRequests: drift.learnRequests,
    windowMs: drift.windowMs,
    longWindowsMs: longWindows(drift.windowMs),
    thresholds: { warnPsi: drift.warnPsi, criticalPsi: drift.criticalPsi, falseDiscovery: drift.falseDiscovery },
    maxModels: followedModels(config),
    maxFeatures: reading.maxColumns,
    formatTime: (ms) => new Date(ms).toISOString(),
  };
}

/** Bounds of the reader, and the configured places of features, predictions and ids. */
export function readerOptions({ inference, reading, labels }: Config): ReaderOptions {
  const { features, prediction, score } = inference;
  return {
    limits: { columns: reading.maxColumns, rows: reading.maxRows, depth: maxJsonDepth },
    features,
    prediction,
    score,
    id: labels.idPath,
  };
}

/** Deeper than any table of features, and far from a stack overflow. */
const maxJsonDepth = 64;

/** Buckets of numeric predictions: the bins of the baseline, so that both are comparable. */
export function predictionEdges(baseline: Baseline | undefined): readonly number[] | undefined {
  const prediction = baseline?.prediction;
  return prediction?.kind === "numeric" && prediction.edges.length > 1 ? prediction.edges : undefined;
}

/** Labels of exchanges without a model in their path or body. */
export const modelOf = ({ model, variant }: Config): ModelLabels => ({
  model: model.name,
  version: model.version,
  variant,
});
