/** Fields about operation: admin port, shutdown, readiness, metrics and the sidecar's own log. */

/** Fields of `admin`: the port for probes, scrapes and control. */
export const adminFields = {
  listen: {
    kind: "address",
    default: "0.0.0.0:18090",
    doc: "Address for probes, scrapes and control calls. It cannot be reached through `listen`.",
    example: "0.0.0.0:18090",
    reload: false,
    flag: "--admin",
    common: true,
  },
  token_file: {
    kind: "secret_file",
    default: "",
    doc: "File with the bearer token that control calls and calls that show data need from other hosts. Without it, such calls are accepted from loopback alone.",
    example: "/var/run/secrets/outrider/token",
    reload: false,
  },
} as const;

/** Fields of `drain`: shutdown. */
export const drainFields = {
  timeout_ms: {
    kind: "milliseconds",
    min: 0,
    max: 86_400_000,
    default: 30_000,
    doc: "Maximum time for requests in flight to finish; then they are aborted.",
    example: "30s",
    reload: true,
    common: true,
  },
  min_ms: {
    kind: "milliseconds",
    min: 0,
    max: 86_400_000,
    default: 5000,
    doc: "Minimum time that new connections are still accepted after drain begins, so that load balancers can notice. Ctrl-C skips it.",
    example: "10s",
    reload: true,
  },
} as const;

/** Fields of `readiness`: probes of the model server. */
export const readinessFields = {
  interval_ms: {
    kind: "milliseconds",
    min: 50,
    max: 3_600_000,
    default: 1000,
    doc: "Interval between two probes.",
    example: "1s",
    reload: false,
  },
  timeout_ms: {
    kind: "milliseconds",
    min: 10,
    max: 600_000,
    default: 2000,
    doc: "Maximum time for the response to a probe.",
    example: "2s",
    reload: false,
  },
  path: {
    kind: "path",
    default: "",
    doc: "Path to probe; any 2xx means ready. Empty: the probe of the serving protocol.",
    example: "/healthz",
    reload: false,
  },
} as const;

/** Fields of `metrics`: bounds on the number of series. */
export const metricsFields = {
  max_models: {
    kind: "integer",
    min: 1,
    max: 1024,
    default: 32,
    doc: "Maximum number of models with series of their own; later ones are counted as `__other__`. Drift and accuracy, which cost more, follow a quarter of this number, at most 64.",
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
    doc: "Minimum log level.",
    example: "debug",
    reload: true,
    common: true,
  },
  format: {
    kind: "choice",
    of: "log_format",
    default: "auto",
    doc: "`json` is one object per line, `human` is for reading; `auto` is `human` on a terminal and `json` elsewhere.",
    example: "json",
    reload: false,
  },
  access: {
    kind: "boolean",
    default: false,
    doc: "Write one line per request.",
    example: true,
    reload: true,
    common: true,
  },
  access_sample: {
    kind: "ratio",
    default: 1,
    doc: "Share of the requests with an access line, 0 to 1.",
    example: 0.1,
    reload: true,
  },
} as const;
