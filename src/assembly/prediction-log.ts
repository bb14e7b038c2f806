/** Assembles the prediction log: sampler, records and sinks. Loaded only when predictions are logged. */
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/table/table.ts";
import type { SampleSource } from "../metrics/sample.ts";
import type { Log } from "../logging/logger.ts";
import { predictionLogFamilies } from "../prediction-log/prediction-log-families.ts";
import { PredictionLogCounters } from "../prediction-log/prediction-log-counters.ts";
import type { SinkName } from "../prediction-log/destination.ts";
import type { DriftFlags } from "../prediction-log/drift-flags.ts";
import type { ExchangeLog } from "../prediction-log/exchange-log.ts";
import { LogSampler, type LogSamplerOptions } from "../prediction-log/sampler/log-sampler.ts";
import { RecordBuilder } from "../prediction-log/record/record-builder.ts";
import { PredictionRecorder } from "../prediction-log/recorder.ts";
import { Redactor, type RedactionPlan } from "../redaction/redactor.ts";
import { StreamTable, type StreamPlan } from "../prediction-log/stream-fields.ts";
import { onceAMinute } from "./once-a-minute.ts";
import { startSink, type RunningSink } from "./prediction-sinks.ts";

/** A running prediction log. Stop it after the relay, so that the last exchanges are logged. */
export interface PredictionLog {
  /** Receives the exchanges and, later, their bodies. */
  readonly log: ExchangeLog;
  readonly group: SampleSource;
  /**
   * Delivers waiting entries within `predictions.flush_ms`; with `isForced` at once without delivering. The rest is written to
   * the spool, or is dropped and counted.
   */
  stop(this: void, isForced: boolean): Promise<void>;
}

/** Options of {@link startPredictionLog}. */
export interface PredictionLogOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly driftFlags: DriftFlags;
}

/** Starts the log and its sinks. A sink that does not work yet logs it and retries: serving does not depend on it. */
export async function startPredictionLog(options: PredictionLogOptions): Promise<PredictionLog> {
  const { config, clock, driftFlags } = options;
  const counters = new PredictionLogCounters();
  const sinks = new Map<SinkName, RunningSink>();
  for (const name of config.predictions.sinks) sinks.set(name, await startSink(name, options));
  const builder = new RecordBuilder({
    redactor: new Redactor(await redactionPlan(config)),
    instance: hostname(),
    digest: config.model.digest,
    labelHeader: config.labels.idHeader,
    maxRows: loggedRows,
    bodyBytes: config.predictions.bodies ? Math.floor(config.predictions.recordBytes / 4) : 0,
    driftOf: (model, version, variant) => driftFlags.of(model, version, variant),
    formatTime: (ms) => new Date(ms).toISOString(),
  });
  const recorder = new PredictionRecorder({
    sampler: new LogSampler(samplerOptions(config), counters),
    builder,
    streams: new StreamTable(streamPlan(config)),
    sinks: [...sinks.values()],
    counters,
    clock,
    onFailed: onceAMinute(clock, (error) =>
      options.log.logger.error({ error }, "could not make the log record of a prediction"),
    ),
    recordBytes: config.predictions.recordBytes,
  });
  const deliveries = new Map([...sinks].map(([name, sink]) => [name, sink.counters]));
  return {
    log: recorder,
    group: { families: () => predictionLogFamilies(counters, deliveries) },
    stop: async (isForced) => {
      const limitMs = isForced ? 0 : config.predictions.flushMs;
      await Promise.all([...sinks.values()].map((sink) => sink.stop(limitMs)));
    },
  };
}

/** Rows of a batch in its record: enough to see what the batch is like, and a record of usual size holds them. */
const loggedRows = 100;

function samplerOptions({ predictions }: Config): LogSamplerOptions {
  return {
    sample: predictions.sample,
    rules: predictions.sampleRules,
    always: predictions.always,
    alwaysPerSecond: predictions.alwaysPerSecond,
    slowMs: predictions.slowMs,
    canaryVariants: predictions.canaryVariants,
    bytesPerSecond: predictions.recordBytesPerSecond,
  };
}

const streamPlan = ({ loki }: Config): StreamPlan => ({
  labels: loki.labels,
  staticLabels: loki.staticLabels,
  metadata: loki.metadata,
  maxStreams: loki.maxStreams,
});

async function redactionPlan({ redaction }: Config): Promise<RedactionPlan> {
  return {
    drop: redaction.drop,
    mask: redaction.mask,
    hash: redaction.hash,
    patterns: redaction.patterns,
    patternAction: redaction.patternAction,
    keyedHash: redaction.keyFile === "" ? noHash : await keyedHash(redaction.keyFile),
  };
}

/** Never called: the configuration requires a key wherever something is hashed. */
const noHash = (): string => "";

async function keyedHash(keyFile: string): Promise<(text: string) => string> {
  const { createHmac } = await import("node:crypto");
  const key = (await readFile(keyFile, "utf8")).trim();
  return (text) => createHmac("sha256", key).update(text).digest("hex").slice(0, hashDigits);
}

/** 128 bits: a collision is out of the question. */
const hashDigits = 32;
