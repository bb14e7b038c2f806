/** Monitors and predictions for the tests of labels. */
import type { Cell, Predictions } from "../../src/payload/body-content.ts";
import { predictionsOf } from "../support/exchange-content.ts";
import type { LabelInput } from "../../src/accuracy/labels/label-input.ts";
import { LabelMonitor, type LabelMonitorOptions, type PredictedRequest } from "../../src/accuracy/label-monitor.ts";

/** A moment in the middle of a window of an hour. */
export const noonMs = Date.UTC(2026, 0, 15, 12, 30);

/** Predictions that are a value a row. */
export const values = (...cells: readonly Cell[]): Predictions => predictionsOf(cells);

/** Predictions with the probability of `yes` of each row. */
export const chances = (...probabilities: readonly number[]): Predictions =>
  predictionsOf(
    probabilities.map((p) => (p >= 0.5 ? "yes" : "no")),
    { classes: ["no", "yes"], probabilities: probabilities.flatMap((p) => [1 - p, p]) },
  );

/** A monitor of hours that waits a day; `over` replaces some options. */
export const aMonitor = (over: Partial<LabelMonitorOptions> = {}): LabelMonitor =>
  new LabelMonitor({
    ttlMs: 86_400_000,
    maxPredictions: 10_000,
    windowMs: 3_600_000,
    maxModels: 4,
    baselineOf: () => undefined,
    ...over,
  });

/** A request to the model `m`. */
export const aRequest = (over: Partial<PredictedRequest> = {}): PredictedRequest => ({
  model: "m",
  version: "1",
  variant: "",
  requestId: "r",
  ids: [],
  predictions: values("yes"),
  atMs: noonMs,
  ...over,
});

/** A label for row 0. */
export const aLabel = (id: string, label: LabelInput["label"], row = 0): LabelInput => ({ id, row, label });
