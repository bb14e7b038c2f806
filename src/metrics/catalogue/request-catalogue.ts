/** Rows of the catalogue for requests: counts, durations, errors. */

/** Metrics of requests. They are exposed in every configuration. */
export const requestRows = {
  outrider_requests_total: {
    type: "counter",
    unit: "requests",
    help: "Finished requests for predictions (inference, stream and other paths), and those that were denied or malformed. Health and metadata requests are in outrider_auxiliary_requests_total.",
    labels: ["model", "version", "variant", "outcome", "status"],
  },
  outrider_auxiliary_requests_total: {
    type: "counter",
    unit: "requests",
    help: "Finished health and metadata requests through the data port.",
    labels: ["kind", "outcome"],
  },
  outrider_request_duration_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "First byte of the request to last byte of the response, for inference and other paths that were sent to the model server and are not streams; requests that timed out there are included. Shed, denied and malformed requests, slow clients, health and metadata requests are not.",
    labels: ["model", "version", "variant"],
  },
  outrider_first_byte_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "First byte of the request to first byte of the final response head, for the requests in outrider_request_duration_seconds that had a response, and for streams.",
    labels: ["model", "version", "variant"],
  },
  outrider_upstream_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "Start of sending the request to the model server to the last byte of its response, for the requests in outrider_request_duration_seconds.",
    labels: ["model", "version", "variant"],
  },
  outrider_overhead_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "Duration minus upstream and queue time: what Outrider and the client's transfer add, for the requests in outrider_request_duration_seconds.",
    labels: [],
  },
  outrider_queue_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "Waiting for a free upstream connection, for requests sent to the model server and those shed while they waited.",
    labels: [],
  },
  outrider_stream_duration_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "First byte of the request to last byte of the response, for server-sent events, upgraded connections and stream paths.",
    labels: ["model", "version", "variant"],
  },
  outrider_requests_per_second: {
    type: "gauge",
    unit: "requests per second",
    help: "Arrivals of inference, stream and other requests over the last 5 s, shed and timed-out ones included; 0 when idle. For autoscalers.",
    labels: [],
  },
  outrider_latency_p50_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "Median of the durations that ended in the last 5 s, of the requests in outrider_request_duration_seconds; 0 when idle. For autoscalers.",
    labels: [],
  },
  outrider_latency_p95_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "95th percentile, else as outrider_latency_p50_seconds.",
    labels: [],
  },
  outrider_latency_p99_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "99th percentile, else as outrider_latency_p50_seconds.",
    labels: [],
  },
  outrider_errors_total: {
    type: "counter",
    unit: "requests",
    help: "Requests that ended with an error of Outrider's own.",
    labels: ["code"],
  },
  outrider_denials_total: {
    type: "counter",
    unit: "requests",
    help: "Requests that the route table denied.",
    labels: ["code"],
  },
  outrider_limit_hits_total: {
    type: "counter",
    unit: "requests",
    help: "Requests that ran into a configured limit.",
    labels: ["code"],
  },
  outrider_collapsed_requests_total: {
    type: "counter",
    unit: "requests",
    help: "Requests counted under `__other__` instead of their own model or status.",
    labels: ["reason"],
  },
} as const;
