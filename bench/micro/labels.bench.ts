/** Labels: what a prediction costs that waits for its label, and what the label costs. */
import type { Predictions } from "../../src/payload/reading.ts";
import { LabelMonitor } from "../../src/accuracy/label-monitor.ts";
import { LabelPost } from "../../src/accuracy/labels/label-post.ts";
import type { MicroCases } from "./run-micro.ts";

const monitorOf = (maxPredictions: number): LabelMonitor =>
  new LabelMonitor({
    ttlMs: 86_400_000,
    maxPredictions,
    windowMs: 3_600_000,
    maxModels: 8,
    baselineOf: () => undefined,
  });

const scored: Predictions = {
  rowCount: 1,
  values: ["yes"],
  classes: ["no", "yes"],
  probabilities: [0.2, 0.8],
  confidences: [],
};
const plain: Predictions = { rowCount: 1, values: [1], classes: [], probabilities: [], confidences: [] };
const batch: Predictions = { ...plain, rowCount: 100, values: Array.from({ length: 100 }, (_, row) => row % 2) };

const atMs = Date.UTC(2026, 0, 15, 12);
let predictions = 0;

const predict = (monitor: LabelMonitor, answer: Predictions): void =>
  monitor.predicted({
    model: "m",
    version: "1",
    variant: "stable",
    requestId: `5f0c1e9a-3c1d-4a7b-9d2e-${predictions++}`,
    ids: [],
    predictions: answer,
    atMs,
  });

const full = monitorOf(100_000);
const labelled = monitorOf(100_000);
for (let index = 0; index < 100_000; index++) {
  predict(labelled, scored);
  labelled.label({ id: `5f0c1e9a-3c1d-4a7b-9d2e-${predictions - 1}`, row: 0, label: "yes" }, atMs);
}
const firstId = predictions - 100_000;
let labels = 0;
const again = (): LabelPost => {
  const lines = Array.from({ length: 100 }, (_, index) =>
    JSON.stringify({ id: `5f0c1e9a-3c1d-4a7b-9d2e-${firstId + index}`, label: "yes" }),
  );
  return new LabelPost(labelled, new TextEncoder().encode(lines.join("\n")), "application/x-ndjson");
};
const short = monitorOf(100_000);

/** The cases, by name. */
export const cases: MicroCases = {
  "a class that waits": () => predict(full, plain),
  "a class with probabilities that waits": () => predict(full, scored),
  "a batch of 100 that waits": () => predict(full, batch),
  "a prediction and its label": () => {
    predict(short, scored);
    short.label({ id: `5f0c1e9a-3c1d-4a7b-9d2e-${predictions - 1}`, row: 0, label: "no" }, atMs);
  },
  "the same label again": () =>
    labelled.label({ id: `5f0c1e9a-3c1d-4a7b-9d2e-${firstId + (labels++ % 100_000)}`, row: 0, label: "yes" }, atMs),
  "a label that nothing is known of": () => labelled.label({ id: `unknown-${labels++}`, row: 0, label: "yes" }, atMs),
  "a body of 100 lines": () => again().step(atMs, 1000),
  "what a model's labels say together": () => labelled.totals(),
};
