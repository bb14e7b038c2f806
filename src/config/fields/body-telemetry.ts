/** Fields about bodies: where predictions are in them, drift, labels, Redis and the registry. */

/** Fields of `inference`: where features and predictions are in the bodies. */
export const inferenceFields = {
  features: {
    kind: "pointers",
    default: [],
    doc: "Where the rows of features are in a request: JSON Pointers in which `*` is any item. Empty: as the serving protocol says.",
    example: ["/rows/*"],
    reload: false,
  },
  prediction: {
    kind: "pointer",
    default: "",
    doc: "Where the predictions are in a response. Empty: as the serving protocol says.",
    example: "/result/*/label",
    reload: false,
  },
  score: {
    kind: "pointer",
    default: "",
    doc: "Where the confidence of each prediction, 0 to 1, is in a response. Empty: as the serving protocol says.",
    example: "/result/*/score",
    reload: false,
  },
} as const;

/** Fields of `drift`: the baseline, the windows and the thresholds. */
export const driftFields = {
  baseline: {
    kind: "baseline_file",
    default: "",
    doc: "File made by `outrider baseline build`. Without it, the baseline comes from the registry, or else is learned from the first requests.",
    example: "/etc/outrider/baseline.json",
    reload: false,
    common: true,
  },
  learn_requests: {
    kind: "integer",
    min: 100,
    max: 1_000_000,
    default: 5000,
    doc: "Number of requests from which the baseline of a model is learned if it has none.",
    example: 10_000,
    reload: false,
  },
  window_ms: {
    kind: "milliseconds",
    min: 1000,
    max: 86_400_000,
    default: 900_000,
    doc: "Length of the windows that drift is judged on. A window with too few requests is merged into the next one.",
    example: "15m",
    reload: false,
  },
  warn_psi: {
    kind: "ratio",
    default: 0.05,
    doc: "A significant difference with at least this debiased population stability index (PSI) is a warning.",
    example: 0.1,
    reload: false,
  },
  critical_psi: {
    kind: "ratio",
    default: 0.2,
    doc: "A significant difference with at least this debiased population stability index (PSI) is critical.",
    example: 0.25,
    reload: false,
  },
  false_discovery: {
    kind: "ratio",
    default: 0.01,
    doc: "Expected share of false alarms among the differences found in a window (Benjamini-Hochberg over all tests of a model).",
    example: 0.01,
    reload: false,
  },
} as const;

/** Fields of `labels`: how ground truth is joined with predictions. */
export const labelsFields = {
  id_header: {
    kind: "header",
    default: "",
    doc: "Request header whose value identifies a prediction in labels. Empty: the request id, which is the client's `x-request-id` or else the response's `x-outrider-request-id`.",
    example: "x-order-id",
    reload: false,
  },
  id_path: {
    kind: "pointer",
    default: "",
    doc: "Where the identity of a prediction is in the request body: one for the request, or one for each row. Takes precedence over the header.",
    example: "/rows/*/order",
    reload: false,
  },
  ttl_ms: {
    kind: "milliseconds",
    min: 1000,
    max: 2_592_000_000,
    default: 86_400_000,
    doc: "How long a prediction waits for its label.",
    example: "24h",
    reload: false,
  },
  max_predictions: {
    kind: "integer",
    min: 100,
    max: 10_000_000,
    default: 20_000,
    doc: "Maximum number of predictions that wait for labels, about 110 bytes each; the oldest are dropped and counted. Set it to the number of predictions made in the time that labels take to arrive.",
    example: 1_000_000,
    reload: false,
  },
  window_ms: {
    kind: "milliseconds",
    min: 1000,
    max: 86_400_000,
    default: 3_600_000,
    doc: "Length of the windows for which accuracy is reported, by the time of the prediction.",
    example: "1h",
    reload: false,
  },
  stream: {
    kind: "name",
    default: "",
    doc: "Redis stream from which labels are read, in addition to the admin port: entries with the fields `id`, `label` and, optionally, `row`. Needs `redis.url`.",
    example: "ground-truth",
    reload: false,
  },
} as const;

/** Fields of `redis`: the Redis shared by the replicas. */
export const redisFields = {
  url: {
    kind: "redis_url",
    default: "",
    doc: "Redis in which the replicas add up their counts and elect a leader. Empty: each replica reports for itself.",
    example: "redis://redis:6379/0",
    reload: false,
    common: true,
  },
  password_file: {
    kind: "secret_file",
    default: "",
    doc: "File with the Redis password.",
    example: "/var/run/secrets/outrider/redis",
    reload: false,
  },
  ca_file: {
    kind: "certificate_file",
    default: "",
    doc: "CA certificates that verify the server of a `rediss://` URL (PEM). Default: Node's.",
    example: "/etc/ssl/redis-ca.pem",
    reload: false,
  },
  prefix: {
    kind: "key_prefix",
    default: "outrider",
    doc: "Prefix of every key. Replicas with the same prefix form one fleet.",
    example: "fraud-model",
    reload: false,
  },
  flush_ms: {
    kind: "milliseconds",
    min: 50,
    max: 60_000,
    default: 2000,
    doc: "Interval at which a replica writes its counts; a replica that is killed loses at most this much.",
    example: "2s",
    reload: false,
  },
} as const;

/** Fields of `registry`: the MLflow tracking server. */
export const registryFields = {
  url: {
    kind: "url",
    schemes: ["http", "https"],
    default: "",
    doc: "MLflow tracking server. With `model.name` and `model.version`, the baseline is fetched from the artifact `outrider/baseline.json` of that version, unless `drift.baseline` names a file.",
    example: "http://mlflow:5000",
    reload: false,
  },
  token_file: {
    kind: "secret_file",
    default: "",
    doc: "File with the bearer token for the tracking server.",
    example: "/var/run/secrets/outrider/mlflow",
    reload: false,
  },
} as const;
