/**
 * Telemetry from bodies, put together: capture, prediction metrics, drift, labels, the fleet, the prediction log. Loaded
 * only when bodies are captured or predictions are logged.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock, Random } from "../clock.ts";
import type { Config } from "../config/table/table.ts";
import type { Baseline } from "../drift/baseline/baseline.ts";
import { DriftMonitorRegistry } from "../drift/monitor/drift-monitor-registry.ts";
import { driftFamilies } from "../drift/monitor/drift-families.ts";
import type { ExchangeObserver } from "../exchange.ts";
import { definitions, type Protocol } from "../protocols/list.ts";
import type { SampleSource } from "../metrics/sample.ts";
import { accuracyFamilies, labelFamilies } from "../accuracy/label-families.ts";
import type { LabelInput } from "../accuracy/labels/label-input.ts";
import { LabelMonitor } from "../accuracy/label-monitor.ts";
import { LabelPost, type LabelPostAnswer } from "../accuracy/labels/label-post.ts";
import type { Log } from "../logging/logger.ts";
import { predictionFamilies } from "../metrics/predictions/prediction-families.ts";
import { PredictionMetrics } from "../metrics/predictions/prediction-metrics.ts";
import { captureFamilies } from "../metrics/predictions/capture-families.ts";
import type { RequestMetrics } from "../metrics/requests/request-metrics.ts";
import { DriftFlags } from "../prediction-log/drift-flags.ts";
import { DriftLog } from "../drift/monitor/drift-log.ts";
import { createCapture, type Capture } from "../capture/capture.ts";
import { fetchBaseline, isOfOtherModel, readBaselineFile } from "../registry/baseline-source.ts";
import { WindowTimer } from "../capture/window-timer.ts";
import type { PredictionLog } from "./prediction-log.ts";
import type { RunningFleet } from "./fleet.ts";
import {
  followedModels,
  captureOptions,
  modelOf,
  monitorOptions,
  predictionEdges,
  readerOptions,
} from "./telemetry-options.ts";
import { reportGroups, type ReportSource } from "./report-source.ts";

/** The running telemetry, as the sidecar uses it. */
export interface BodyTelemetry {
  /** For the relay's list of observers. */
  readonly observer: ExchangeObserver;
  readonly groups: readonly SampleSource[];
  /** Parses bodies of this protocol once it resolves; the code of its reader is loaded first. */
  serve(this: void, protocol: Protocol): Promise<void>;
  /** Bodies of the admin port's responses; JSON-able. Undefined when bodies are captured for the log alone. */
  drift(this: void, query: { readonly model?: string }): unknown;
  accuracy(this: void): unknown;
  labels(this: void, body: Uint8Array, contentType: string): Promise<LabelPostAnswer>;
  fleet(this: void): Promise<unknown>;
  /** Delivers queued records, unless forced; a forced call also cuts short a stop in progress. */
  stop(this: void, isForced?: boolean): Promise<void>;
}

/** Options of {@link startBodyTelemetry}. */
export interface BodyTelemetryOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  /** Their histograms make the latency of the fleet. */
  readonly requests: RequestMetrics;
}

/** Starts the parts that are configured. Rejects with an OutriderError when the configured baseline is invalid. */
export async function startBodyTelemetry(options: BodyTelemetryOptions): Promise<BodyTelemetry> {
  const { config, clock } = options;
  const fileBaseline = await fileBaselineOf(options);
  const monitors = new DriftMonitorRegistry(monitorOptions(config, fileBaseline));
  const predictions = new PredictionMetrics({
    ...modelOf(config),
    maxModels: config.metrics.maxModels,
    valueEdges: () => predictionEdges(fileBaseline),
  });
  // Labels without a prediction here go to the fleet, and the fleet brings labels: each needs the other.
  const joined: { fleet?: RunningFleet | undefined } = {};
  const labels = createLabels(config, monitors, (label) => joined.fleet?.broadcastLabel(label) ?? false);
  const fleet = await fleetOf(options, { monitors, labels });
  joined.fleet = fleet;
  const driftFlags = new DriftFlags();
  const predictionLog = await predictionLogOf(options, driftFlags);
  const capture = createCapture({
    ...captureOptions(config),
    consumers: [predictions, monitors, labels],
    ...(predictionLog === undefined ? {} : { log: predictionLog.log }),
    clock,
  });
  const windows = startWindowTimer(options, { monitors, fleet, driftFlags });
  const forgetting = setInterval(() => labels.advance(clock.wallMs()), forgetEveryMs).unref();
  const cancelFetch = fetchRegistryBaseline(options, monitors);
  const own = replicaReports(monitors, labels);
  return {
    observer: capture.observer,
    groups: [
      captureGroup(capture),
      predictionGroup(predictions, clock),
      labelGroup(labels),
      droppedGroup(monitors),
      ...reportGroups(() => (fleet === undefined ? own : fleet.reportSource(own))),
      ...(fleet?.groups ?? []),
      ...(predictionLog === undefined ? [] : [predictionLog.group]),
    ],
    serve: async (protocol) => {
      const { loadReader, modelIn } = definitions[protocol];
      const createReader = await loadReader();
      capture.serve(createReader(readerOptions(config)), modelIn);
    },
    drift: ({ model }) => (config.reading.sample === 0 ? undefined : { reports: monitors.reports(model) }),
    accuracy: () => (config.reading.sample === 0 ? undefined : { models: labels.report() }),
    labels: (body, contentType) => postLabels(new LabelPost(labels, body, contentType), clock),
    fleet: async () => (await fleet?.describe()) ?? { status: null, reason: "`redis.url` is not set" },
    stop: async (isForced = false) => {
      cancelFetch();
      windows.stop();
      clearInterval(forgetting);
      capture.stop();
      await Promise.all([fleet?.stop(), predictionLog?.stop(isForced)]);
    },
  };
}

/** Closes and evaluates windows from now on; closed ones go to the fleet, changed reports to the logs. */
function startWindowTimer(
  { log, clock }: BodyTelemetryOptions,
  parts: {
    readonly monitors: DriftMonitorRegistry;
    readonly fleet: RunningFleet | undefined;
    readonly driftFlags: DriftFlags;
  },
): WindowTimer {
  const { monitors, fleet, driftFlags } = parts;
  const driftLog = new DriftLog(log.logger);
  const timer = new WindowTimer({
    monitors,
    clock,
    onClosed: (closed) => fleet?.addClosed(closed),
    onReportsChanged: () => {
      const reports = monitors.reports(undefined, { withCells: false });
      driftLog.note(reports);
      driftFlags.note(reports);
    },
  });
  timer.start();
  return timer;
}

/** The configured baseline. One of another model stays unused and one is learned: that is logged. */
async function fileBaselineOf({ config, log }: BodyTelemetryOptions): Promise<Baseline | undefined> {
  const { drift, model } = config;
  if (drift.baseline === "") return undefined;
  const baseline = await readBaselineFile(drift.baseline);
  if (isOfOtherModel(baseline, model)) {
    log.logger.warn(
      { baseline: drift.baseline, of: baseline.model, model: { name: model.name, version: model.version } },
      "the baseline is of another model or version and is not used for this one",
    );
  }
  return baseline;
}

/** Baselines are small, and a fetch that fails is repeated: no reason to wait longer for one response. */
const registryTimeoutMs = 10_000;

/** Fetches the baseline from the registry when one is configured, the model is named, and no file is; returns a cancel. */
function fetchRegistryBaseline(
  { config, log, clock }: BodyTelemetryOptions,
  monitors: DriftMonitorRegistry,
): () => void {
  const { registry, model, drift } = config;
  const isConfigured = registry.url !== "" && model.name !== "" && model.version !== "" && drift.baseline === "";
  if (!isConfigured) return () => {};
  return fetchBaseline({
    url: registry.url,
    model,
    openHttp: async () => {
      const { createHttpClient } = await import("../outbound/http-client.ts");
      return createHttpClient({ timeoutMs: registryTimeoutMs, tokenFile: registry.tokenFile });
    },
    onBaseline: (baseline) => monitors.useBaseline(baseline, clock.wallMs()),
    log: log.logger,
  });
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

/** Labels joined before yielding to requests: a tenth of a millisecond, plus the garbage of one body. */
const labelsPerTurn = 100;

async function postLabels(post: LabelPost, clock: Clock): Promise<LabelPostAnswer> {
  while (!post.step(clock.wallMs(), labelsPerTurn)) await nextTurn();
  return post.answer();
}

const captureGroup = ({ counters }: Capture): SampleSource => ({
  families: () => captureFamilies(counters),
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

/** Reports of this replica on itself. */
const replicaReports = (monitors: DriftMonitorRegistry, labels: LabelMonitor): ReportSource => ({
  scope: "replica",
  driftVersion: () => monitors.version,
  drift: () => driftFamilies(monitors.reports(undefined, { withCells: false })),
  accuracy: () => accuracyFamilies(labels.totals()),
});
