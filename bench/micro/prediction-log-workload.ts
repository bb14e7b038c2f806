/** The stages of the prediction log, each fed by the one before: for prediction-log.bench.ts. */
import { rmSync } from "node:fs";
import { systemClock } from "../../src/clock.ts";
import { createReader } from "../../test/support/create-reader.ts";
import { createDelivery, type Delivery } from "../../src/delivery/delivery.ts";
import { createFileDestination } from "../../src/delivery/sinks/file-destination.ts";
import { createLokiDestination } from "../../src/loki/push/loki-destination.ts";
import { compressPush, pushText } from "../../src/loki/push/push-body.ts";
import { CaptureCounters } from "../../src/metrics/predictions/capture-counters.ts";
import { createHttpClient } from "../../src/outbound/http-client.ts";
import { DeliveryCounters } from "../../src/prediction-log/delivery-counters.ts";
import type { Destination } from "../../src/prediction-log/destination.ts";
import type { LoggedBodies } from "../../src/prediction-log/exchange-log.ts";
import { LogSampler } from "../../src/prediction-log/sampler/log-sampler.ts";
import type { LogEntry } from "../../src/prediction-log/log-entry.ts";
import { PredictionLogCounters } from "../../src/prediction-log/prediction-log-counters.ts";
import type { PredictionRecord } from "../../src/prediction-log/prediction-record.ts";
import { RecordBuilder } from "../../src/prediction-log/record/record-builder.ts";
import type { RecordDraft } from "../../src/prediction-log/record-draft.ts";
import { lineOf } from "../../src/prediction-log/record/record-line.ts";
import { PredictionRecorder } from "../../src/prediction-log/recorder.ts";
import { Redactor } from "../../src/redaction/redactor.ts";
import { StreamTable } from "../../src/prediction-log/stream-fields.ts";
import type { TextPatternName } from "../../src/redaction/text-patterns.ts";
import { CaptureQueue, type CapturePlan } from "../../src/capture/capture-queue.ts";
import { makeScratchFolder } from "../host/scratch-folder.ts";
import { configOf } from "../predictions/start-log.ts";
import { SyntheticExchange } from "../predictions/synthetic-exchange.ts";

const megabyte = 1_048_576;
const differentEntries = 512;
const reader = createReader("mlflow", { limits: { columns: 1000, rows: 10_000, depth: 64 } });

/** Each call runs the stage once, for the next exchange. */
export type LogParts = Readonly<
  Record<
    "exchange" | "notKept" | "kept" | "read" | "build" | "buildUnredacted" | "line" | "streams" | "offer",
    () => unknown
  >
>;

/** The stages from an exchange to the queue of a sink. `exchange` alone makes the next one. */
export async function logParts(): Promise<LogParts> {
  const config = await configOf({});
  const exchange = new SyntheticExchange();
  const [none, all] = [recorderOf(0), recorderOf(1)];
  const queue = new CaptureQueue(8 * megabyte, new CaptureCounters());
  const draft = all.draft(exchange) as RecordDraft;
  const bodies = bodiesOf(exchange);
  const builder = builderOf(config.redaction.patterns);
  const unredacted = builderOf([]);
  const record = builder.recordOf(draft, bodies, 0);
  const table = new StreamTable(streamPlan);
  const entries = someEntries();
  const delivery = idleDelivery();
  let serial = 0;
  return {
    exchange: () => exchange.next(),
    notKept: () => none.draft(exchange.next()),
    kept: () => {
      const made = all.draft(exchange.next());
      queue.add(exchange, planOf(made as RecordDraft));
      queue.removeFirst();
    },
    read: () => bodiesOf(exchange.next()),
    build: () => builder.recordOf(draft, bodies, (serial = (serial + 1) % differentEntries)),
    buildUnredacted: () => unredacted.recordOf(draft, bodies, (serial = (serial + 1) % differentEntries)),
    line: () => lineOf(record, 65_536),
    streams: () => table.textsOf(record, systemClock.monotonicMs()),
    offer: () => delivery.offer(entries[(serial = (serial + 1) % differentEntries)] as LogEntry),
  };
}

const planOf = (draft: RecordDraft): CapturePlan => ({
  isCounted: false,
  isAnswered: true,
  requestId: draft.requestId,
  draft,
});

const streamPlan = {
  labels: ["model", "version", "variant", "outcome"],
  staticLabels: [{ name: "service_name", value: "outrider" }],
  metadata: ["request_id", "trace_id", "status"],
  maxStreams: 100,
} as const;

function builderOf(patterns: readonly TextPatternName[]): RecordBuilder {
  const redactor = new Redactor({ drop: [], mask: [], hash: [], patterns, patternAction: "mask", keyedHash: () => "" });
  return new RecordBuilder({
    redactor,
    instance: "churn-5d8f7c9b6-x2x4k",
    digest: "",
    maxRows: 100,
    bodyBytes: 0,
    driftOf: () => undefined,
    formatTime: (ms) => new Date(ms).toISOString(),
  });
}

/** A recorder without sinks. */
function recorderOf(sample: number): PredictionRecorder {
  const counters = new PredictionLogCounters();
  const sampler = new LogSampler(
    {
      sample,
      rules: [],
      always: ["error", "timeout", "slow", "canary"],
      alwaysPerSecond: 10,
      slowMs: 0,
      canaryVariants: ["canary"],
      bytesPerSecond: 1024 * megabyte,
    },
    counters,
  );
  return new PredictionRecorder({
    sampler,
    builder: builderOf(["card", "email", "bearer"]),
    streams: new StreamTable(streamPlan),
    sinks: [],
    counters,
    clock: systemClock,
    onFailed: (error) => {
      throw error;
    },
    recordBytes: 65_536,
  });
}

/** Both bodies of an exchange, decoded and read. */
function bodiesOf(exchange: SyntheticExchange): LoggedBodies {
  const { target, requestBody, responseBody } = exchange;
  const contentType = "application/json";
  const [request, response] = [requestBody.bytes, responseBody.bytes];
  return {
    request: {
      content: { kind: "decoded", bytes: request },
      contentType,
      result: reader.readRequest({ bytes: request, contentType, target }),
    },
    response: {
      content: { kind: "decoded", bytes: response },
      contentType,
      result: reader.readResponse({ bytes: response, contentType, target }),
    },
    target,
    reader,
    prefersBodyModel: false,
  };
}

/** Entries of different exchanges, all of one stream, as the recorder makes them. */
export function someEntries(count: number = differentEntries): readonly LogEntry[] {
  const exchange = new SyntheticExchange();
  const builder = builderOf(["card", "email", "bearer"]);
  const recorder = recorderOf(1);
  const table = new StreamTable(streamPlan);
  return Array.from({ length: count }, (_, serial) => {
    const record: PredictionRecord = builder.recordOf(
      recorder.draft(exchange.next()) as RecordDraft,
      bodiesOf(exchange),
      serial,
    );
    const { line, bytes } = lineOf(record, 65_536);
    const timeNs = `${Math.floor(exchange.startedAtMs)}${String(serial).padStart(6, "0")}`;
    return { timeNs, ...table.textsOf(record, 0), line, bytes: bytes + 400 };
  });
}

/** A delivery whose first batch never settles: the queue is full, and every entry drops the oldest. */
function idleDelivery(): Delivery {
  return createDelivery({
    destination: { name: "file", deliver: () => Promise.withResolvers<never>().promise, close: async () => {} },
    counters: new DeliveryCounters(),
    clock: systemClock,
    random: Math.random,
    onTrouble: () => {},
    onRecovered: () => {},
    options: {
      queueBytes: 4 * megabyte,
      batchBytes: megabyte / 4,
      batchAgeMs: 100,
      retryFirstMs: 100,
      retryMaxMs: 5000,
      spoolAfterMs: 0,
    },
  });
}

/** Delivers one batch; closed at the end. */
export interface BatchWork {
  readonly deliver: (batch: readonly LogEntry[]) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** Writes to a folder that is removed with the bench. */
export function fileBatches(): BatchWork {
  const directory = makeScratchFolder("batches");
  const destination = createFileDestination({
    directory,
    fileBytes: 64 * megabyte,
    fileAgeMs: 3_600_000,
    directoryBytes: 256 * megabyte,
    clock: systemClock,
  });
  const { deliver, close } = batchesTo(destination);
  return {
    deliver,
    close: async () => {
      await close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Pushes to the stand-in for Loki. */
export async function lokiBatches(url: string): Promise<BatchWork> {
  const { loki } = await configOf({ LOKI_URL: url });
  return batchesTo(
    createLokiDestination({
      http: createHttpClient(loki),
      url,
      tenant: "",
      lineBytes: loki.lineBytes,
      clock: systemClock,
    }),
  );
}

/** The body of a push alone: its text, and compressed on another thread. */
export const pushTexts = (batch: readonly LogEntry[]): string => pushText(batch);

/** See {@link pushTexts}. */
export const compressedPushes = (batch: readonly LogEntry[]): Promise<Uint8Array> => compressPush(pushText(batch));

function batchesTo(destination: Destination): BatchWork {
  const never = new AbortController().signal;
  return {
    deliver: async (batch) => {
      const result = await destination.deliver(batch, never);
      if (result.kind !== "done") throw new Error(`a batch was not delivered: ${result.detail}`);
    },
    close: () => destination.close(),
  };
}
