/**
 * Every metric that Outrider exposes under its own name, declared once; docs/reference/metrics.md and the checks of
 * dashboards and alerts come from here. Process metrics (`process_*`, `nodejs_*`) are listed in src/exposition/.
 */
import { wireErrors, type WireErrorCode } from "../../errors.ts";
import { accuracyRows } from "./accuracy-catalogue.ts";
import type { MetricRowText } from "./catalogue-row.ts";
import { driftRows, fleetRows, predictionRows, readingRows } from "./insight-catalogue.ts";
import type { MetricLabel } from "./metric-labels.ts";
import { predictionDeliveryRows, predictionLogRows } from "./prediction-log-catalogue.ts";

/** One row of {@link metricCatalogue}. */
export interface MetricRow {
  readonly type: "counter" | "gauge" | "histogram";
  readonly unit: string;
  readonly help: string;
  readonly labels: readonly MetricLabel[];
}

/** Edges of request latencies, seconds: 0.5 ms to 2 h, dense where latency objectives are set. */
export const latencyEdgesSeconds: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2.5, 5, 10,
  20, 30, 60, 120, 300, 600, 1800, 3600, 7200,
];

/** Edges of what Outrider itself adds, seconds: 50 µs to 1 s. */
export const overheadEdgesSeconds: readonly number[] = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1,
];

const rows = {
  outrider_requests_total: [
    "counter",
    "requests",
    "Finished requests for predictions (inference, stream and other paths), and those that were denied or malformed. Health and metadata requests are in outrider_auxiliary_requests_total.",
    "model",
    "version",
    "variant",
    "outcome",
    "status",
  ],
  outrider_auxiliary_requests_total: [
    "counter",
    "requests",
    "Finished health and metadata requests through the data port.",
    "kind",
    "outcome",
  ],
  outrider_request_duration_seconds: [
    "histogram",
    "seconds",
    "First byte of the request to last byte of the response, for requests that latency objectives are about: inference and other paths, not streaming, handed to the model server or timed out there. Shed, denied and malformed requests, slow clients, streams, health and metadata requests stay out.",
    "model",
    "version",
    "variant",
  ],
  outrider_first_byte_seconds: [
    "histogram",
    "seconds",
    "First byte of the request to first byte of the final response head, for the requests in outrider_request_duration_seconds that had a response, and for streams.",
    "model",
    "version",
    "variant",
  ],
  outrider_upstream_seconds: [
    "histogram",
    "seconds",
    "Handing the request to the model server to the last byte of its response, for the requests in outrider_request_duration_seconds.",
    "model",
    "version",
    "variant",
  ],
  outrider_overhead_seconds: [
    "histogram",
    "seconds",
    "Duration less upstream and queue time: what Outrider and the client's own transfer add, for the requests in outrider_request_duration_seconds.",
  ],
  outrider_queue_seconds: [
    "histogram",
    "seconds",
    "Waiting for a free upstream connection, for requests handed to the model server and those shed while waiting.",
  ],
  outrider_stream_duration_seconds: [
    "histogram",
    "seconds",
    "First byte of the request to last byte of the response, for server-sent events, upgraded connections and stream paths.",
    "model",
    "version",
    "variant",
  ],
  outrider_requests_per_second: [
    "gauge",
    "requests per second",
    "Arrivals of inference, stream and other requests over the last 5 s, shed and timed-out ones included; 0 when idle. For autoscalers.",
  ],
  outrider_latency_p50_seconds: [
    "gauge",
    "seconds",
    "Median of the durations that ended in the last 5 s, of the requests in outrider_request_duration_seconds; 0 when idle. For autoscalers.",
  ],
  outrider_latency_p95_seconds: ["gauge", "seconds", "95th percentile, else as outrider_latency_p50_seconds."],
  outrider_latency_p99_seconds: ["gauge", "seconds", "99th percentile, else as outrider_latency_p50_seconds."],
  outrider_requests_in_flight: [
    "gauge",
    "requests",
    "Requests between their head and the last byte of their response.",
  ],
  outrider_requests_queued: ["gauge", "requests", "Requests waiting for a free upstream connection."],
  outrider_request_body_bytes_total: ["counter", "bytes", "Bytes of request bodies as they passed."],
  outrider_response_body_bytes_total: ["counter", "bytes", "Bytes of response bodies as they passed."],
  outrider_retries_total: ["counter", "requests", "Requests sent once more on a new upstream connection."],
  outrider_errors_total: ["counter", "requests", "Requests that ended with an error of Outrider's own.", "code"],
  outrider_denials_total: ["counter", "requests", "Requests that the route table did not let through.", "code"],
  outrider_limit_hits_total: ["counter", "requests", "Requests that ran into a configured limit.", "code"],
  outrider_collapsed_requests_total: [
    "counter",
    "requests",
    "Requests counted under `__other__` instead of their own model or status.",
    "reason",
  ],
  outrider_connections_open: ["gauge", "connections", "Client connections open."],
  outrider_connections_total: ["counter", "connections", "Client connections accepted."],
  outrider_connections_refused_total: [
    "counter",
    "connections",
    "Client connections turned away because `limits.connections` were open.",
  ],
  outrider_tunnels_open: ["gauge", "connections", "Upgraded connections open."],
  outrider_upstream_connections_open: ["gauge", "connections", "Connections to the model server open."],
  outrider_upstream_connections_idle: [
    "gauge",
    "connections",
    "Connections to the model server kept for the next request.",
  ],
  outrider_upstream_connects_total: ["counter", "connections", "Connections to the model server that were begun."],
  outrider_upstream_connect_failures_total: ["counter", "connections", "Connections to the model server that failed."],
  outrider_upstream_reuses_total: [
    "counter",
    "requests",
    "Requests sent on an upstream connection that had served another before.",
  ],
  outrider_upstream_up: ["gauge", "boolean", "1 when the model server accepts connections, else 0."],
  outrider_upstream_ready: [
    "gauge",
    "boolean",
    "1 when the model server is ready as its serving protocol defines it, else 0.",
  ],
  outrider_responses_broken_total: [
    "counter",
    "responses",
    "Responses that the model server broke off after their head had gone to the client.",
  ],
  outrider_tap_held_bytes: ["gauge", "bytes", "Body bytes held for observers."],
  outrider_tap_dropped_total: [
    "counter",
    "bodies",
    "Bodies not kept for observers because half of `memory.budget_bytes` was in use.",
  ],
  outrider_observer_failures_total: ["counter", "calls", "Calls of observers that threw."],
  outrider_log_dropped_total: ["counter", "lines", "Log lines dropped because standard error did not take them."],
  outrider_config_reloads_total: ["counter", "reloads", "Reloads of the configuration.", "result"],
  outrider_config_last_reload_success: [
    "gauge",
    "boolean",
    "1 when the running configuration is the one last given, 0 when that one was refused.",
  ],
  outrider_config_last_reload_timestamp_seconds: [
    "gauge",
    "seconds",
    "When the running configuration was loaded, seconds since the epoch.",
  ],
  outrider_build_info: [
    "gauge",
    "constant",
    "Always 1; the labels tell the build, `version` being Outrider's own.",
    "version",
    "revision",
    "node",
  ],
  outrider_model_info: [
    "gauge",
    "constant",
    "Always 1; the labels tell the configured model.",
    "model",
    "version",
    "digest",
  ],
} as const;

/** Those that are there whatever is configured. */
export type RelayMetricName = keyof typeof rows;

/** See {@link RelayMetricName}. */
export const relayMetricNames: readonly RelayMetricName[] = Object.keys(rows) as RelayMetricName[];

/** Name of a metric, see {@link metricCatalogue}. */
export type MetricName =
  | RelayMetricName
  | keyof typeof readingRows
  | keyof typeof predictionRows
  | keyof typeof driftRows
  | keyof typeof accuracyRows
  | keyof typeof fleetRows
  | keyof typeof predictionLogRows
  | keyof typeof predictionDeliveryRows;

/** All metrics by name. */
export const metricCatalogue: Readonly<Record<MetricName, MetricRow>> = mapValues<MetricName, MetricRowText, MetricRow>(
  {
    ...rows,
    ...readingRows,
    ...predictionRows,
    ...driftRows,
    ...accuracyRows,
    ...fleetRows,
    ...predictionLogRows,
    ...predictionDeliveryRows,
  },
  ([type, unit, help, ...labels]) => ({ type, unit, help, labels }),
);

/** Codes of `outrider_errors_total`, all at 0 from the start. */
export const errorCodes: readonly WireErrorCode[] = Object.keys(wireErrors) as WireErrorCode[];

/** Codes of `outrider_denials_total`. */
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

function mapValues<Key extends string, From, To>(
  from: Readonly<Record<Key, From>>,
  to: (value: From) => To,
): Record<Key, To> {
  const entries = Object.entries<From>(from).map(([key, value]): [string, To] => [key, to(value)]);
  return Object.fromEntries(entries) as Record<Key, To>;
}
