/** Fields for those who run the sidecar: admin port, drain, readiness, metrics and the sidecar's own log. */

/** Fields of `admin`: the port for probes, scrapes and control. */
export const adminFields = {
  listen: {
    kind: "address",
    default: { host: "0.0.0.0", port: 18_090 },
    doc: "Where probes, scrapes and control calls connect. Never reachable through `listen`.",
    example: "0.0.0.0:18090",
    reload: false,
    flag: "--admin",
    common: true,
  },
  token_file: {
    kind: "secret_file",
    default: "",
    doc: "File with the bearer token that lets others than loopback call what acts or shows data. Without it only loopback may.",
    example: "/var/run/secrets/outrider/token",
    reload: false,
  },
} as const;

/** Fields of `drain`: how the sidecar goes. */
export const drainFields = {
  timeout_ms: {
    kind: "milliseconds",
    min: 0,
    max: 86_400_000,
    default: 30_000,
    doc: "Longest time for requests in flight to finish; then they are broken off.",
    example: "30s",
    reload: true,
  },
  min_ms: {
    kind: "milliseconds",
    min: 0,
    max: 86_400_000,
    default: 5000,
    doc: "Least time to go on accepting after drain begins, for load balancers that notice late. Ctrl-C does not wait for it.",
    example: "10s",
    reload: true,
  },
} as const;

/** Fields of `readiness`: how the model server is asked whether it can serve. */
export const readinessFields = {
  interval_ms: {
    kind: "milliseconds",
    min: 50,
    max: 3_600_000,
    default: 1000,
    doc: "Time between two questions.",
    example: "1s",
    reload: false,
  },
  timeout_ms: {
    kind: "milliseconds",
    min: 10,
    max: 600_000,
    default: 2000,
    doc: "Longest wait for the answer.",
    example: "2s",
    reload: false,
  },
  path: {
    kind: "path",
    default: "",
    doc: "Path to ask instead of the serving protocol's own; any 2xx is ready. Empty keeps the protocol's own.",
    example: "/healthz",
    reload: false,
  },
} as const;

/** Fields of `metrics`. */
export const metricsFields = {
  max_models: {
    kind: "integer",
    min: 1,
    max: 1024,
    default: 32,
    doc: "Models that get series of their own; later ones are counted as `__other__`.",
    example: 32,
    reload: false,
  },
} as const;

/** Fields of `log`: the sidecar's own log on standard error. */
export const logFields = {
  level: {
    kind: "choice",
    of: "log_level",
    default: "info",
    doc: "Least severe level that is written.",
    example: "debug",
    reload: true,
    common: true,
  },
  format: {
    kind: "choice",
    of: "log_format",
    default: "auto",
    doc: "`json` is one object a line, `human` is for reading; `auto` is human on a terminal and JSON elsewhere.",
    example: "json",
    reload: false,
  },
  access: {
    kind: "boolean",
    default: false,
    doc: "Write one line for each request.",
    example: true,
    reload: true,
  },
  access_sample: {
    kind: "ratio",
    default: 1,
    doc: "Part of the requests that get an access line, 0 to 1.",
    example: 0.1,
    reload: true,
  },
} as const;
