/**
 * What is learned from bodies, put together: reading, predictions, drift, labels, the fleet, the log of predictions.
 * Loaded only when bodies are read.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock, Random } from "../clock.ts";
import type { Config } from "../config/table/table.ts";
import type { Baseline } from "../drift/baseline/baseline.ts";
import { DriftMonitorRegistry, type DriftMonitorRegistryOptions } from "../drift/monitor/drift-monitor-registry.ts";
import { driftFamilies } from "../drift/monitor/drift-families.ts";
import type { ExchangeObserver } from "../exchange.ts";
import { definitions, type Protocol } from "../protocols/list.ts";
import type { SampleSource } from "../metrics/sample.ts";
import type { ReaderOptions } from "../payload/reader-options.ts";
import { accuracyFamilies, labelFamilies } from "../accuracy/label-families.ts";
import type { LabelInput } from "../accuracy/labels/label-input.ts";
import { LabelMonitor } from "../accuracy/label-monitor.ts";
import { LabelPost, type LabelPostAnswer } from "../accuracy/labels/label-post.ts";
import type { Log } from "../logging/logger.ts";
import type { ModelLabels } from "../metrics/model-labels.ts";
import { predictionFamilies } from "../metrics/predictions/prediction-families.ts";
import { PredictionMetrics } from "../metrics/predictions/prediction-metrics.ts";
import { readingFamilies } from "../metrics/predictions/reading-families.ts";
import type { RequestMetrics } from "../metrics/requests/request-metrics.ts";
import { DriftFlags } from "../prediction-log/drift-flags.ts";
import { createReading, type Reading, type ReadingOptions } from "../capture/capture.ts";
import { baselineFromFile, fetchBaseline, isInRegistry } from "./baseline-sources.ts";
import { DriftLog } from "../drift/monitor/drift-log.ts";
import { memoryShares } from "./memory-budget.ts";
import { DriftWatch } from "../capture/window-timer.ts";
import type { PredictionLog } from "./prediction-log.ts";
import type { RunningFleet } from "./fleet.ts";
import { voiceGroups, type Voice } from "./report-source.ts";

/** What the sidecar needs of it. */
export interface Insight {
  /** To be given to the relay. */
  readonly observer: ExchangeObserver;
  readonly groups: readonly SampleSource[];
  /** Reads bodies of this protocol once it resolves; the code of its reader is loaded first. */
  serve(this: void, protocol: Protocol): Promise<void>;
  /** Answers of the admin port; JSON-able. Undefined when bodies are read for the log alone. */
  drift(this: void, query: { readonly model?: string }): unknown;
  accuracy(this: void): unknown;
  labels(this: void, body: Uint8Array, contentType: string): Promise<LabelPostAnswer>;
  fleet(this: void): Promise<unknown>;
  /** Forced, it does not wait for what is still to be delivered; also when it is stopping already. */
  stop(this: void, isForced?: boolean): Promise<void>;
}

/** What it is started with. */
export interface InsightOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  /** For the latency of a fleet. */
  readonly requests: RequestMetrics;
}

/** Starts it. Rejects with an OutriderError when the configured baseline is none. */
export async function startInsight(options: InsightOptions): Promise<Insight> {
  const { config, log, clock } = options;
  const fileBaseline = await baselineFromFile(config);
  warnOfOtherModel(config, fileBaseline, log);
  const monitors = new DriftMonitorRegistry(monitorOptions(config, fileBaseline));
  const predictions = new PredictionMetrics({
    ...modelOf(config),
    maxModels: config.metrics.maxModels,
    valueEdges: () => predictionEdges(fileBaseline),
  });
  // Labels are passed on to a fleet that shares them: each of the two needs the other.
  const joined: { fleet?: RunningFleet | undefined } = {};
  const labels = createLabels(config, monitors, (label) => joined.fleet?.passLabel(label) ?? false);
  const fleet = await fleetOf(options, { monitors, labels });
  joined.fleet = fleet;
  const driftFlags = new DriftFlags();
  const predictionLog = await predictionLogOf(options, driftFlags);
  const reading = createReading({
    ...readingOptions(config),
    sinks: [predictions, monitors, labels],
    ...(predictionLog === undefined ? {} : { log: predictionLog.log }),
    clock,
  });
  const watch = watchDrift(options, { monitors, fleet, driftFlags });
  const forgetting = setInterval(() => labels.advance(clock.wallMs()), forgetEveryMs).unref();
  const giveUp = isInRegistry(config)
    ? fetchBaseline(config, log.logger, (baseline) => monitors.useBaseline(baseline, clock.wallMs()))
    : () => {};
  const own = replicaVoice(monitors, labels);
  return {
    observer: reading.observer,
    groups: [
      readingGroup(reading),
      predictionGroup(predictions, clock),
      labelGroup(labels),
      droppedGroup(monitors),
      ...voiceGroups(() => (fleet === undefined ? own : fleet.voice(own))),
      ...(fleet?.groups ?? []),
      ...(predictionLog === undefined ? [] : [predictionLog.group]),
    ],
    serve: async (protocol) => {
      const { loadReader, modelIn } = definitions[protocol];
      const createReader = await loadReader();
      reading.serve(createReader(readerOptions(config)), modelIn);
    },
    drift: ({ model }) => (config.reading.sample === 0 ? undefined : { reports: monitors.reports(model) }),
    accuracy: () => (config.reading.sample === 0 ? undefined : { models: labels.report() }),
    labels: (body, contentType) => postLabels(new LabelPost(labels, body, contentType), clock),
    fleet: async () => (await fleet?.describe()) ?? { status: null, reason: "`redis.url` is not set" },
    stop: async (isForced = false) => {
      giveUp();
      watch.stop();
      clearInterval(forgetting);
      reading.stop();
      await Promise.all([fleet?.stop(), predictionLog?.stop(isForced)]);
    },
  };
}

/** Windows close and are judged from now on; whoever wants to know of it is told. */
function watchDrift(
  { log, clock }: InsightOptions,
  parts: {
    readonly monitors: DriftMonitorRegistry;
    readonly fleet: RunningFleet | undefined;
    readonly driftFlags: DriftFlags;
  },
): DriftWatch {
  const { monitors, fleet, driftFlags } = parts;
  const driftLog = new DriftLog(log.logger);
  const watch = new DriftWatch({
    monitors,
    clock,
    onClosed: (closed) => fleet?.keep(closed),
    onDecided: () => {
      const reports = monitors.reports(undefined, { withCells: false });
      driftLog.note(reports);
      driftFlags.note(reports);
    },
  });
  watch.start();
  return watch;
}

/** A baseline of another model is left alone, and one is learned: whoever configured both should know. */
function warnOfOtherModel({ model, drift }: Config, baseline: Baseline | undefined, { logger }: Log): void {
  const of = baseline?.model;
  if (of === undefined || model.name === "") return;
  const isOther = of.name !== model.name || (of.version !== "" && of.version !== model.version);
  if (!isOther) return;
  logger.warn(
    { baseline: drift.baseline, of, model: { name: model.name, version: model.version } },
    "the baseline is of another model or version and is not used for this one",
  );
}

const forgetEveryMs = 5000;

function createLabels(
  config: Config,
  monitors: DriftMonitorRegistry,
  passOn: (label: LabelInput) => boolean,
): LabelMonitor {
  const { ttlMs, maxPredictions, windowMs } = config.labels;
  const { variant } = config;
  return new LabelMonitor({
    ttlMs,
    maxPredictions,
    windowMs,
    maxModels: followedModels(config),
    baselineOf: (model, version) => monitors.find(model, version, variant)?.baseline,
    onUnmatched: passOn,
  });
}

/** Loaded only when predictions are logged. */
async function predictionLogOf(
  { config, log, clock }: InsightOptions,
  driftFlags: DriftFlags,
): Promise<PredictionLog | undefined> {
  if (!config.predictions.enabled) return undefined;
  const { startPredictionLog } = await import("./prediction-log.ts");
  return startPredictionLog({ config, log, clock, driftFlags });
}

/** Loaded only when Redis is configured. */
async function fleetOf(
  options: InsightOptions,
  parts: { readonly monitors: DriftMonitorRegistry; readonly labels: LabelMonitor },
): Promise<RunningFleet | undefined> {
  const { config } = options;
  if (config.redis.url === "") return undefined;
  const { joinFleet } = await import("./fleet.ts");
  const { windowMs, longWindowsMs, thresholds, maxFeatures } = monitorOptions(config, undefined);
  return joinFleet({
    ...options,
    ...parts,
    drift: { windowsMs: [windowMs, ...longWindowsMs], thresholds, maxFeatures },
  });
}

/** Labels worked off before requests have their turn: a tenth of a millisecond, and what the garbage of one body costs. */
const labelsATurn = 100;

async function postLabels(post: LabelPost, clock: Clock): Promise<LabelPostAnswer> {
  while (!post.step(clock.wallMs(), labelsATurn)) await nextTurn();
  return post.answer();
}

function readingOptions(config: Config): Omit<ReadingOptions, "sinks" | "clock"> {
  const { readingQueueBytes, decodedBytes } = memoryShares(config);
  const { sample, cpu } = config.reading;
  return { sampleRatio: sample, cpuRatio: cpu, queueBytes: readingQueueBytes, decodedBytes };
}

/** Drift and accuracy need far more memory and series per model than request metrics: fewer models are followed. */
const followedModels = ({ metrics }: Config): number => Math.min(64, Math.ceil(metrics.maxModels / 4));

const hourMs = 3_600_000;

/** Longer windows that are shown beside the one that decides. */
const longWindows = (windowMs: number): readonly number[] => [hourMs, 24 * hourMs].filter((ms) => ms > windowMs);

function monitorOptions(config: Config, baseline: Baseline | undefined): DriftMonitorRegistryOptions {
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

function readerOptions({ inference, reading, labels }: Config): ReaderOptions {
  const { features, prediction, score } = inference;
  return {
    limits: { columns: reading.maxColumns, rows: reading.maxRows, depth: maxJsonDepth },
    features,
    prediction,
    score,
    id: labels.idPath,
  };
}

/** Deeper than any table of features, and far from what would overflow a stack. */
const maxJsonDepth = 64;

/** Bins of the numbers that the model predicted when it was good make comparable buckets. */
function predictionEdges(baseline: Baseline | undefined): readonly number[] | undefined {
  const prediction = baseline?.prediction;
  return prediction?.kind === "numeric" && prediction.edges.length > 1 ? prediction.edges : undefined;
}

const modelOf = ({ model, variant }: Config): ModelLabels => ({ model: model.name, version: model.version, variant });

const readingGroup = ({ counters }: Reading): SampleSource => ({
  families: () => readingFamilies(counters),
});

const predictionGroup = (predictions: PredictionMetrics, clock: Clock): SampleSource => ({
  families: () => predictionFamilies(predictions, clock.wallMs()),
});

const labelGroup = (labels: LabelMonitor): SampleSource => ({
  families: () => labelFamilies(labels),
});

const droppedGroup = (monitors: DriftMonitorRegistry): SampleSource => ({
  families: () => ({
    outrider_drift_models_dropped_total: [{ value: monitors.droppedRequests }],
    outrider_drift_windows_lost_total: [{ value: monitors.droppedWindows }],
  }),
});

/** What this replica says of itself. */
const replicaVoice = (monitors: DriftMonitorRegistry, labels: LabelMonitor): Voice => ({
  of: "replica",
  driftVersion: () => monitors.version,
  drift: () => driftFamilies(monitors.reports(undefined, { withCells: false })),
  accuracy: () => accuracyFamilies(labels.totals()),
});
