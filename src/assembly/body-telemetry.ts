/**
 * What is learned from bodies, put together: reading, predictions, drift, labels, the fleet, the log of predictions.
 * Loaded only when bodies are read.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock, Random } from "../clock.ts";
import type { Config } from "../config/table/table.ts";
import type { Baseline } from "../drift/baseline/baseline.ts";
import { DriftMonitors, type MonitorsOptions } from "../drift/monitor/drift-monitors.ts";
import { driftSamples } from "../drift/monitor/drift-series.ts";
import type { ExchangeObserver } from "../exchange.ts";
import type { SampleGroup } from "../exposition/sample-group.ts";
import type { Protocol } from "../protocols/protocol.ts";
import type { ReaderOptions } from "../payload/reader-options.ts";
import { createReader } from "../protocols/create-reader.ts";
import { accuracyFamilies, labelFamilies } from "../accuracy/label-families.ts";
import type { LabelInput } from "../accuracy/label-input.ts";
import { LabelMonitor } from "../accuracy/label-monitor.ts";
import { LabelPost, type LabelPostAnswer } from "../accuracy/label-post.ts";
import type { Log } from "../logging/logger.ts";
import type { ModelLabels } from "../metrics/requests/label-sets.ts";
import { predictionFamilies } from "../metrics/predictions/prediction-families.ts";
import { PredictionMetrics } from "../metrics/predictions/prediction-metrics.ts";
import { readingFamilies } from "../metrics/predictions/reading-families.ts";
import type { RequestMetrics } from "../metrics/requests/request-metrics.ts";
import { DriftFlags } from "../prediction-log/drift-flags.ts";
import { createCapture, type Capture, type CaptureOptions } from "../capture/capture.ts";
import { baselineFromFile, fetchBaseline, isInRegistry } from "./baseline-sources.ts";
import { DriftLog } from "./drift-log.ts";
import { WindowTimer } from "../capture/window-timer.ts";
import type { PredictionLog } from "./prediction-log.ts";
import type { RunningFleet } from "./fleet.ts";
import { familiesFrom } from "./sample-families.ts";
import { reportGroups, type ReportSource } from "./report-source.ts";

/** What the sidecar needs of it. */
export interface BodyTelemetry {
  /** To be given to the relay. */
  readonly observer: ExchangeObserver;
  readonly groups: readonly SampleGroup[];
  /** Reads bodies of this protocol from now on. */
  serve(this: void, protocol: Protocol): void;
  /** Answers of the admin port; JSON-able. Undefined when bodies are read for the log alone. */
  drift(this: void, query: { readonly model?: string }): unknown;
  accuracy(this: void): unknown;
  labels(this: void, body: Uint8Array, contentType: string): Promise<LabelPostAnswer>;
  fleet(this: void): Promise<unknown>;
  /** Forced, it does not wait for what is still to be delivered; also when it is stopping already. */
  stop(this: void, isForced?: boolean): Promise<void>;
}

/** What it is started with. */
export interface BodyTelemetryOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  /** For the latency of a fleet. */
  readonly requests: RequestMetrics;
}

/** Starts it. Rejects with an OutriderError when the configured baseline is none. */
export async function startBodyTelemetry(options: BodyTelemetryOptions): Promise<BodyTelemetry> {
  const { config, log, clock } = options;
  const fileBaseline = await baselineFromFile(config);
  warnOfOtherModel(config, fileBaseline, log);
  const monitors = new DriftMonitors(monitorOptions(config, fileBaseline));
  const predictions = new PredictionMetrics({
    ...modelOf(config),
    maxModels: config.metrics.maxModels,
    valueEdges: () => predictionEdges(fileBaseline),
  });
  // Labels are passed on to a fleet that shares them: each of the two needs the other.
  const joined: { fleet?: RunningFleet | undefined } = {};
  const labels = createLabels(config, monitors, (label) => joined.fleet?.broadcastLabel(label) ?? false);
  const fleet = await fleetOf(options, { monitors, labels });
  joined.fleet = fleet;
  const driftFlags = new DriftFlags();
  const predictionLog = await predictionLogOf(options, driftFlags);
  const reading = createCapture({
    ...readingOptions(config),
    consumers: [predictions, monitors, labels],
    ...(predictionLog === undefined ? {} : { log: predictionLog.log }),
    clock,
  });
  const watch = watchDrift(options, { monitors, fleet, driftFlags });
  const forgetting = setInterval(() => labels.advance(clock.wallMs()), forgetEveryMs).unref();
  const giveUp = isInRegistry(config)
    ? fetchBaseline(config, log.logger, (baseline) => monitors.useBaseline(baseline, clock.wallMs()))
    : () => {};
  const own = replicaReports(monitors, labels);
  return {
    observer: reading.observer,
    groups: [
      readingGroup(reading),
      predictionGroup(predictions, clock),
      labelGroup(labels),
      droppedGroup(monitors),
      ...reportGroups(() => (fleet === undefined ? own : fleet.reportSource(own))),
      ...(fleet?.groups ?? []),
      ...(predictionLog === undefined ? [] : [predictionLog.group]),
    ],
    serve: (protocol) => reading.serve(protocol, createReader(protocol, readerOptions(config))),
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
  { log, clock }: BodyTelemetryOptions,
  parts: {
    readonly monitors: DriftMonitors;
    readonly fleet: RunningFleet | undefined;
    readonly driftFlags: DriftFlags;
  },
): WindowTimer {
  const { monitors, fleet, driftFlags } = parts;
  const driftLog = new DriftLog(log.logger);
  const watch = new WindowTimer({
    monitors,
    clock,
    onClosed: (closed) => fleet?.addClosed(closed),
    onReportsChanged: () => {
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

function createLabels(config: Config, monitors: DriftMonitors, passOn: (label: LabelInput) => boolean): LabelMonitor {
  const { ttlMs, maxPredictions, windowMs } = config.labels;
  const { variant } = config;
  return new LabelMonitor({
    ttlMs,
    maxPredictions,
    windowMs,
    maxModels: config.drift.maxModels,
    baselineOf: (model, version) => monitors.find(model, version, variant)?.baseline,
    onUnmatched: passOn,
  });
}

/** Loaded only when predictions are logged. */
async function predictionLogOf(
  { config, log, clock }: BodyTelemetryOptions,
  driftFlags: DriftFlags,
): Promise<PredictionLog | undefined> {
  if (!config.predictions.enabled) return undefined;
  const { startPredictionLog } = await import("./prediction-log.ts");
  return startPredictionLog({ config, log, clock, driftFlags });
}

/** Loaded only when Redis is configured. */
async function fleetOf(
  options: BodyTelemetryOptions,
  parts: { readonly monitors: DriftMonitors; readonly labels: LabelMonitor },
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

const readingOptions = ({ reading }: Config): Omit<CaptureOptions, "consumers" | "clock"> => ({
  sampleRatio: reading.sample,
  cpuRatio: reading.cpu,
  queueBytes: reading.queueBytes,
  decodedBytes: reading.decodedBytes,
});

const hourMs = 3_600_000;

/** Longer windows that are shown beside the one that decides. */
const longWindows = (windowMs: number): readonly number[] => [hourMs, 24 * hourMs].filter((ms) => ms > windowMs);

function monitorOptions({ drift, reading }: Config, baseline: Baseline | undefined): MonitorsOptions {
  return {
    baselines: baseline === undefined ? [] : [baseline],
    learnRequests: drift.learnRequests,
    windowMs: drift.windowMs,
    longWindowsMs: longWindows(drift.windowMs),
    thresholds: { warnPsi: drift.warnPsi, criticalPsi: drift.criticalPsi, falseDiscovery: drift.falseDiscovery },
    maxModels: drift.maxModels,
    maxFeatures: reading.maxColumns,
    formatTime: (ms) => new Date(ms).toISOString(),
  };
}

function readerOptions({ inference, reading, labels }: Config): ReaderOptions {
  const { features, prediction, score } = inference;
  return {
    limits: { columns: reading.maxColumns, rows: reading.maxRows, depth: maxJsonDepth },
    ...(features.length === 0 ? {} : { features }),
    ...(prediction === "" ? {} : { prediction }),
    ...(score === "" ? {} : { score }),
    ...(labels.idPath === "" ? {} : { id: labels.idPath }),
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

const readingGroup = ({ counters }: Capture): SampleGroup => ({
  version: () => undefined,
  families: () => readingFamilies(counters),
});

const predictionGroup = (predictions: PredictionMetrics, clock: Clock): SampleGroup => ({
  version: () => undefined,
  families: () => predictionFamilies(predictions, clock.wallMs()),
});

const labelGroup = (labels: LabelMonitor): SampleGroup => ({
  version: () => undefined,
  families: () => labelFamilies(labels),
});

const droppedGroup = (monitors: DriftMonitors): SampleGroup => ({
  version: () => undefined,
  families: () => ({
    outrider_drift_models_dropped_total: [{ value: monitors.droppedRequests }],
    outrider_drift_windows_lost_total: [{ value: monitors.droppedWindows }],
  }),
});

/** What this replica says of itself. */
const replicaReports = (monitors: DriftMonitors, labels: LabelMonitor): ReportSource => ({
  scope: "replica",
  driftVersion: () => monitors.version,
  drift: () =>
    familiesFrom(monitors.reports(undefined, { withCells: false }).flatMap((report) => driftSamples(report))),
  accuracy: () => accuracyFamilies(labels.totals()),
});
