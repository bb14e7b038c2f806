/**
 * Every metric that Outrider exposes under its own name, declared once; docs/reference/metrics.md and the checks of
 * dashboards and alerts come from here. Process metrics (`process_*`, `nodejs_*`) come from src/exposition/process-metrics.ts.
 */
import { wireErrors, type WireErrorCode } from "../../errors/wire-errors.ts";
import { accuracyRows, labelRows } from "./accuracy-catalogue.ts";
import { driftRows } from "./drift-catalogue.ts";
import { fleetRows } from "./fleet-catalogue.ts";
import type { MetricLabel } from "./metric-labels.ts";
import { predictionRows, captureRows } from "./prediction-catalogue.ts";
import { predictionDeliveryRows, predictionLogRows } from "./prediction-log-catalogue.ts";
import { relayRows } from "./relay-catalogue.ts";
import { requestRows } from "./request-catalogue.ts";

/** One row of {@link metricCatalogue}. */
export interface MetricRow {
  readonly type: "counter" | "gauge" | "histogram";
  /** Unit of the values, as the reference shows it. */
  readonly unit: string;
  /** Text of the HELP line: a sentence or more, with a period at the end. */
  readonly help: string;
  /** Every sample of the metric carries these labels; a histogram's buckets have `le` as well. */
  readonly labels: readonly MetricLabel[];
}

/** Names of the metrics that are there whatever is configured. */
export type AlwaysPresentMetric = keyof typeof requestRows | keyof typeof relayRows;

/** Name of a metric, see {@link metricCatalogue}. */
export type MetricName =
  | AlwaysPresentMetric
  | keyof typeof captureRows
  | keyof typeof predictionRows
  | keyof typeof driftRows
  | keyof typeof accuracyRows
  | keyof typeof labelRows
  | keyof typeof fleetRows
  | keyof typeof predictionLogRows
  | keyof typeof predictionDeliveryRows;

/** Every metric of the product by name, the only place where one is declared. The reference page lists them. */
export const metricCatalogue: Readonly<Record<MetricName, MetricRow>> = {
  ...requestRows,
  ...relayRows,
  ...captureRows,
  ...predictionRows,
  ...driftRows,
  ...accuracyRows,
  ...labelRows,
  ...fleetRows,
  ...predictionLogRows,
  ...predictionDeliveryRows,
};

/** Edges of request latencies, seconds: 0.5 ms to 2 h, dense where latency objectives are set. */
export const latencyEdgesSeconds: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2.5, 5, 10,
  20, 30, 60, 120, 300, 600, 1800, 3600, 7200,
];

/** Edges of what Outrider itself adds, seconds: 50 µs to 1 s. */
export const overheadEdgesSeconds: readonly number[] = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1,
];

/** Codes of `outrider_errors_total`, all at 0 from the start. */
export const errorCodes: readonly WireErrorCode[] = Object.keys(wireErrors) as WireErrorCode[];

/** Values of the label `code` of `outrider_denials_total`: requests that the route table denied. */
export const denialCodes: readonly WireErrorCode[] = errorCodes.filter((code) => wireErrors[code].outcome === "denied");

/** Codes of `outrider_limit_hits_total`: those that say that a bound of `limits`, `timeouts` or the pool was met. */
export const limitCodes: readonly WireErrorCode[] = [
  "target_too_long",
  "head_too_large",
  "too_many_headers",
  "chunk_extension_too_long",
  "trailers_too_large",
  "body_too_large",
  "header_timeout",
  "body_timeout",
  "concurrency_exceeded",
  "queue_timeout",
  "connections_exceeded",
  "upstream_head_too_large",
];
