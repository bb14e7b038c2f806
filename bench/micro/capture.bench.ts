/** Capture of bodies: its cost on the request path for each exchange, and the cost of counting predictions. */
import type { Exchange } from "../../src/exchange.ts";
import type { ExchangeContent } from "../../src/payload/exchange-content.ts";
import { createReader } from "../../test/support/create-reader.ts";
import type { Predictions } from "../../src/payload/body-content.ts";
import { PredictionMetrics } from "../../src/metrics/predictions/prediction-metrics.ts";
import { RelayCounters } from "../../src/metrics/requests/relay-counters.ts";
import { CaptureCounters } from "../../src/metrics/predictions/capture-counters.ts";
import { BodyTap, TapBudget } from "../../src/relay/exchange/exchange-record.ts";
import { createCapture } from "../../src/capture/capture.ts";
import { CaptureQueue, type CapturePlan } from "../../src/capture/capture-queue.ts";
import { anExchange } from "../../test/support/an-exchange.ts";
import type { MicroCases } from "./run-micro.ts";

const numbers = Array.from({ length: 40 }, (_, i) => Math.sin(i * 12.9898) * 3);
const requestBytes = Buffer.from(JSON.stringify({ inputs: [numbers] }));
const responseBytes = Buffer.from(JSON.stringify({ predictions: [0.25] }));

const captured = (bytes: Uint8Array): NonNullable<Exchange["requestBody"]> => ({
  bytes,
  complete: true,
  contentType: "application/json",
  contentEncoding: "",
});

const exchange = anExchange({
  target: "/invocations",
  requestBody: captured(requestBytes),
  responseBody: captured(responseBytes),
});

const limits = { columns: 1000, rows: 10_000, depth: 64 };
const reader = createReader("mlflow", { limits });
const metricsOptions = { model: "iris", version: "1", variant: "stable", maxModels: 8 };

/** Observes an exchange and runs the slice that processes it, if it is sampled. */
function capturing(sampleRatio: number): () => void {
  let slice: (() => void) | undefined;
  let nowMs = 0;
  const { observer, ...bodies } = createCapture({
    sampleRatio,
    cpuRatio: 1,
    queueBytes: 8_388_608,
    decodedBytes: 4_194_304,
    consumers: [new PredictionMetrics(metricsOptions)],
    clock: { wallMs: () => 0, monotonicMs: () => (nowMs += 0.001) },
    schedule: (next) => {
      slice = next;
      return () => {};
    },
  });
  bodies.serve(reader, "path");
  return () => {
    observer.observe(exchange);
    slice?.();
    slice = undefined;
  };
}

/** Counts these predictions of one model. */
function counting(predictions: Predictions): () => void {
  const metrics = new PredictionMetrics(metricsOptions);
  const answered: ExchangeContent = {
    model: "iris",
    version: "1",
    variant: "stable",
    requestId: "",
    labelId: "",
    atMs: 1_700_000_000_000,
    request: undefined,
    response: { predictions, model: "", version: "", ids: [] },
  };
  return () => metrics.count(answered);
}

const plain = { classes: [], probabilities: [], confidences: [] };
const words = Array.from({ length: 100 }, (_, i) => ["setosa", "versicolor", "virginica"][(i * 7) % 3] ?? "");
const sure = Float64Array.from({ length: 100 }, (_, i) => 0.4 + ((i * 37) % 60) / 100);
const scored = {
  classes: ["no", "yes"],
  probabilities: Float64Array.from({ length: 200 }, (_, i) =>
    i % 2 === 0 ? 1 - (sure[i >> 1] ?? 0) : (sure[i >> 1] ?? 0),
  ),
  confidences: sure,
};

const queue = new CaptureQueue(8_388_608, new CaptureCounters());
const plan: CapturePlan = { isCounted: true, isAnswered: true, requestId: "", draft: undefined };
const budget = new TapBudget({ bodyBytes: 65_536, totalBytes: 67_108_864 }, new RelayCounters());

/** The cases, by name. */
export const cases: MicroCases = {
  "tap both bodies and let go": () => {
    const [request, response] = [new BodyTap(budget), new BodyTap(budget)];
    request.add(requestBytes, 0, requestBytes.length);
    response.add(responseBytes, 0, responseBytes.length);
    request.release();
    response.release();
  },
  "into the queue and out": () => {
    queue.add(exchange, plan);
    queue.removeFirst();
  },
  "JSON.parse of both bodies alone": () => [JSON.parse(requestBytes.toString()), JSON.parse(responseBytes.toString())],
  "observe, not sampled": capturing(0.000_001),
  "observe, parse and count 40 numbers": capturing(1),
  "count a prediction, one number": counting({ ...plain, rowCount: 1, values: [0.25] }),
  "count 100 predictions, numbers": counting({ ...plain, rowCount: 100, values: sure }),
  "count 100 predictions, 3 classes": counting({ ...plain, rowCount: 100, values: words }),
  "count 100 predictions with 2 probabilities": counting({ ...scored, rowCount: 100, values: words }),
};
