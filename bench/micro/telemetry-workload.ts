/** Bodies, and everything that counts them, as a sidecar puts it together: for telemetry-targets.bench.ts. */
import type { Baseline } from "../../src/drift/baseline/baseline.ts";
import {
  DriftMonitorRegistry,
  type DriftMonitorRegistryOptions,
} from "../../src/drift/monitor/drift-monitor-registry.ts";
import { defaultThresholds } from "../../src/drift/verdict/verdict.ts";
import type { ContentConsumer } from "../../src/payload/exchange-content.ts";
import { createReader } from "../../test/support/create-reader.ts";
import type {
  BodyReader,
  DecodedBody,
  ReadResult,
  RequestContent,
  ResponseContent,
} from "../../src/payload/body-content.ts";
import { LabelMonitor } from "../../src/accuracy/label-monitor.ts";
import { PredictionMetrics } from "../../src/metrics/predictions/prediction-metrics.ts";
import { predictionBodies } from "../clients/prediction-bodies.ts";

/** Time of the exchanges, within one window. */
export const atMs: number = Date.UTC(2026, 0, 15, 12);

const limits = { columns: 1000, rows: 10_000, depth: 64 };
const model = { model: "iris", version: "1", variant: "stable" } as const;
const learnRequests = 1000;
const windowMs = 900_000;
const hourMs = 3_600_000;

const monitorsOptions: DriftMonitorRegistryOptions = {
  baselines: [],
  learnRequests,
  windowMs,
  longWindowsMs: [hourMs, 24 * hourMs],
  thresholds: defaultThresholds,
  maxModels: 8,
  maxFeatures: 1000,
  formatTime: (ms) => new Date(ms).toISOString(),
};

/** Drift of any model as a sidecar with its defaults watches it, but that it learns from 1,000 requests. */
export function someMonitors(over: Partial<DriftMonitorRegistryOptions> = {}): DriftMonitorRegistry {
  return new DriftMonitorRegistry({ ...monitorsOptions, ...over });
}

/** The bodies of one exchange, as bytes and as text. */
interface Bodies {
  readonly request: DecodedBody;
  readonly response: DecodedBody;
  readonly texts: readonly [string, string];
}

const encoder = new TextEncoder();

const bodyOf = (text: string): DecodedBody => ({
  bytes: encoder.encode(text),
  contentType: "application/json",
  target: "/invocations",
});

/** Exchanges with rows of so many numbers, and answers of one number. */
function exchangesOf(numbers: number): readonly Bodies[] {
  const answer = (turn: number): string => `{"predictions":[0.${10_000 + ((turn * 7919) % 80_000)}]}`;
  return predictionBodies(numbers, 512).map((text, turn) => ({
    request: bodyOf(text),
    response: bodyOf(answer(turn)),
    texts: [text, answer(turn)],
  }));
}

/** A little more than the labels keep waiting, so that every identity is new when its turn comes again. */
const requestIds = Array.from(
  { length: 131_072 },
  (_, turn) => `5f0c1e9a-3c1d-4a7b-9d2e-${String(turn).padStart(12, "0")}`,
);
const waitingPredictions = 100_000;

/** What one exchange costs from bytes to counts, and JSON.parse of its two texts alone; each call takes the next one. */
export interface JsonExchanges {
  readonly readAndCount: () => void;
  readonly parse: () => unknown;
  readonly monitors: DriftMonitorRegistry;
}

/** MLflow's protocol with predictions, drift and labels as sinks; the baseline is learned and the label store full. */
export function jsonExchanges(numbers: number): JsonExchanges {
  const exchanges = exchangesOf(numbers);
  const reader = createReader("mlflow", { limits });
  const monitors = someMonitors();
  const sinks = [new PredictionMetrics({ ...model, maxModels: 32 }), monitors, someLabels(monitors)];
  let turn = 0;
  const readAndCount = (): void => {
    const { request, response } = at(exchanges, turn);
    countInto(sinks, at(requestIds, turn++), readBoth(reader, request, response));
  };
  let parsed = 0;
  const parse = (): unknown => {
    const [request, response] = at(exchanges, parsed++).texts;
    return [JSON.parse(request), JSON.parse(response)];
  };
  learnFrom(readAndCount, monitors);
  for (let count = 0; count < waitingPredictions; count++) readAndCount();
  return { readAndCount, parse, monitors };
}

const someLabels = (monitors: DriftMonitorRegistry): LabelMonitor =>
  new LabelMonitor({
    ttlMs: 24 * hourMs,
    maxPredictions: waitingPredictions,
    windowMs: hourMs,
    maxModels: 8,
    baselineOf: (name, version) => monitors.find(name, version, model.variant)?.baseline,
  });

/** KServe v2 requests with a binary tensor of 32-bit numbers; each call takes the next one. */
export interface BinaryTensors {
  /** Into drift. */
  readonly readAndCount: () => void;
  readonly read: () => RequestContent;
  readonly monitors: DriftMonitorRegistry;
}

/** Tensors of so many rows and columns; the baseline is learned. */
export function binaryTensors(rows: number, columns: number): BinaryTensors {
  const tensors = predictionBodies(columns * rows, 16).map((text) => binaryBody(numbersOf(text), [rows, columns]));
  const reader = createReader("kserve-v2", { limits });
  const monitors = someMonitors();
  let turn = 0;
  const read = (): RequestContent => valueOf(reader.readRequest(at(tensors, turn++)));
  const readAndCount = (): void => countRow(monitors, read(), atMs);
  learnFrom(readAndCount, monitors);
  return { readAndCount, read, monitors };
}

/** Counts requests until a baseline is there, and does the work of making it. */
export function learnFrom(countNext: () => void, monitors: DriftMonitorRegistry): Baseline {
  for (let request = 0; request < 2 * learnRequests; request++) {
    countNext();
    while (monitors.step());
    const baseline = monitors.all[0]?.baseline;
    if (baseline !== undefined) return baseline;
  }
  throw new Error("no baseline was learned");
}

/** Clients do not pad the JSON part: the numbers are seldom aligned, and never here. */
function binaryBody(numbers: readonly number[], shape: readonly number[]): DecodedBody {
  const raw = new Uint8Array(Float32Array.from(numbers).buffer);
  const parameters = { binary_data_size: raw.length };
  const text = JSON.stringify({ inputs: [{ name: "x", shape, datatype: "FP32", parameters }] });
  const json = encoder.encode(text.length % Float32Array.BYTES_PER_ELEMENT === 0 ? `${text} ` : text);
  const bytes = new Uint8Array(json.length + raw.length);
  bytes.set(json);
  bytes.set(raw, json.length);
  return { bytes, contentType: "application/octet-stream", target: "/v2/models/iris/infer" };
}

/** Rows of features as readings of requests, to fill windows with. */
export function featureRows(numbers: number): readonly RequestContent[] {
  const reader = createReader("mlflow", { limits });
  return predictionBodies(numbers, 512).map((text) => valueOf(reader.readRequest(bodyOf(text))));
}

/** Counts one request without an answer. */
export function countRow(monitors: DriftMonitorRegistry, request: RequestContent, nowMs: number): void {
  monitors.count({ ...model, requestId: "", labelId: "", atMs: nowMs, request, response: undefined });
}

const numbersOf = (text: string): readonly number[] =>
  (JSON.parse(text) as { readonly inputs: readonly (readonly number[])[] }).inputs.flat();

interface Readings {
  readonly request: RequestContent | undefined;
  readonly response: ResponseContent | undefined;
}

const readBoth = (reader: BodyReader, request: DecodedBody, response: DecodedBody): Readings => ({
  request: valueOf(reader.readRequest(request)),
  response: valueOf(reader.readResponse(response)),
});

function countInto(sinks: readonly ContentConsumer[], requestId: string, { request, response }: Readings): void {
  const reading = { ...model, requestId, labelId: "", atMs, request, response };
  for (const sink of sinks) sink.count(reading);
}

function valueOf<Value>(result: ReadResult<Value>): Value {
  if (result.kind === "unread") throw new Error(`the body was not read: ${result.reason}`);
  return result.value;
}

function at<Item>(list: readonly Item[], turn: number): Item {
  return list[turn % list.length] as Item;
}
