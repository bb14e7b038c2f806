/** Fields for what is learned from bodies: where predictions stand, how much is read, drift, labels, and the fleet. */

/** Fields of `inference`: where features and predictions stand in the bodies. */
export const inferenceFields = {
  features: {
    kind: "pointers",
    default: [],
    doc: "Where the rows of features stand in a request, as JSON Pointers in which `*` is any item. Empty leaves it to the serving protocol.",
    example: ["/rows/*"],
    reload: false,
  },
  prediction: {
    kind: "pointer",
    default: "",
    doc: "Where the predictions stand in a response. Empty leaves it to the serving protocol.",
    example: "/result/*/label",
    reload: false,
  },
  score: {
    kind: "pointer",
    default: "",
    doc: "Where a response says how sure the model is of each prediction, 0 to 1. Empty leaves it to the serving protocol.",
    example: "/result/*/score",
    reload: false,
  },
} as const;

/** Fields of `reading`: how much of the bodies is read, and at what price. */
export const readingFields = {
  sample: {
    kind: "ratio",
    default: 1,
    doc: "Largest part of the exchanges whose bodies are read, 0 to 1; with 0 they are read for the log of predictions alone, and kept only for it. Less is read when reading would cost more than `reading.cpu`.",
    example: 0.1,
    reload: false,
    common: true,
  },
  cpu: {
    kind: "ratio",
    default: 0.2,
    doc: "Part of one processor core that reading may take; past it a smaller part of the exchanges is read. `outrider_reading_sample_ratio` tells which.",
    example: 0.1,
    reload: false,
  },
  queue_bytes: {
    kind: "bytes",
    min: 65_536,
    max: 1_073_741_824,
    default: 2_097_152,
    doc: "Bodies that wait to be read take at most this; further ones are counted and not read.",
    example: "8MiB",
    reload: false,
  },
  decoded_bytes: {
    kind: "bytes",
    min: 1024,
    max: 268_435_456,
    default: 4_194_304,
    doc: "Longest body once its compression is undone; a longer one is counted and not read.",
    example: "8MiB",
    reload: false,
  },
  max_columns: {
    kind: "integer",
    min: 1,
    max: 10_000,
    default: 1000,
    doc: "Most features of a row; further ones are counted and left out.",
    example: 2000,
    reload: false,
  },
  max_rows: {
    kind: "integer",
    min: 1,
    max: 1_000_000,
    default: 10_000,
    doc: "Most rows of a request; a longer batch is counted and not read.",
    example: 1000,
    reload: false,
  },
} as const;

/** Fields of `drift`: what live traffic is held against, and when that is worth a word. */
export const driftFields = {
  baseline: {
    kind: "file",
    default: "",
    doc: "File made by `outrider baseline build`. Without one, and without one in the registry, the first requests become the baseline.",
    example: "/etc/outrider/baseline.json",
    reload: false,
    common: true,
  },
  learn_requests: {
    kind: "integer",
    min: 100,
    max: 1_000_000,
    default: 5000,
    doc: "Requests that become the baseline of a model that has none.",
    example: 10_000,
    reload: false,
  },
  window_ms: {
    kind: "milliseconds",
    min: 1000,
    max: 86_400_000,
    default: 900_000,
    doc: "Length of the windows that decide. A window with too few requests is carried into the next.",
    example: "15m",
    reload: false,
  },
  warn_psi: {
    kind: "ratio",
    default: 0.05,
    doc: "Debiased population stability index from which a significant difference is a warning.",
    example: 0.1,
    reload: false,
  },
  critical_psi: {
    kind: "ratio",
    default: 0.2,
    doc: "Debiased population stability index from which a significant difference is critical.",
    example: 0.25,
    reload: false,
  },
  false_discovery: {
    kind: "ratio",
    default: 0.01,
    doc: "Part of the differences found in a window that may be chance (Benjamini-Hochberg over all tests of a model).",
    example: 0.01,
    reload: false,
  },
  max_models: {
    kind: "integer",
    min: 1,
    max: 64,
    default: 8,
    doc: "Models, versions and variants whose drift is followed; requests of further ones are counted.",
    example: 8,
    reload: false,
  },
} as const;

/** Fields of `labels`: how true answers find their predictions. */
export const labelsFields = {
  id_header: {
    kind: "name",
    default: "",
    doc: "Request header whose value labels will name. Empty takes the request id: the client's `x-request-id`, or else the one in the response's `x-outrider-request-id`.",
    example: "x-order-id",
    reload: false,
  },
  id_path: {
    kind: "pointer",
    default: "",
    doc: "Where a request's body says what labels will name, one for the request or one for each row; goes before the header.",
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
    doc: "Predictions that wait for labels at once, about 110 bytes each; the oldest give way and are counted. Set it to what comes in the time that labels take.",
    example: 1_000_000,
    reload: false,
  },
  window_ms: {
    kind: "milliseconds",
    min: 1000,
    max: 86_400_000,
    default: 3_600_000,
    doc: "Length of the windows that accuracy is reported for, by the time of the prediction.",
    example: "1h",
    reload: false,
  },
  stream: {
    kind: "name",
    default: "",
    doc: "Redis stream that labels are read from as well, with the fields `id`, `label` and perhaps `row`. Needs `redis.url`.",
    example: "ground-truth",
    reload: false,
  },
} as const;

/** Fields of `redis`: where replicas meet. */
export const redisFields = {
  url: {
    kind: "url",
    schemes: ["redis", "rediss", "unix"],
    default: "",
    doc: "Redis through which replicas add up what they count and choose who speaks for all. Empty keeps every replica to itself.",
    example: "redis://redis:6379/0",
    reload: false,
  },
  password_file: {
    kind: "secret_file",
    default: "",
    doc: "File with the password.",
    example: "/var/run/secrets/outrider/redis",
    reload: false,
  },
  ca_file: {
    kind: "file",
    default: "",
    doc: "Certificates that the server's is held against, for `rediss://`. Empty takes those of Node.",
    example: "/etc/ssl/redis-ca.pem",
    reload: false,
  },
  prefix: {
    kind: "name",
    default: "outrider",
    doc: "First part of every key; sidecars with the same prefix are one fleet.",
    example: "fraud-model",
    reload: false,
  },
  flush_ms: {
    kind: "milliseconds",
    min: 50,
    max: 60_000,
    default: 2000,
    doc: "Time between two writes of what a replica has counted: what a killed replica loses at most.",
    example: "2s",
    reload: false,
  },
  timeout_ms: {
    kind: "milliseconds",
    min: 10,
    max: 60_000,
    default: 1000,
    doc: "Longest wait for a connection or an answer.",
    example: "1s",
    reload: false,
  },
} as const;

/** Fields of `registry`: the MLflow server that knows the model. */
export const registryFields = {
  url: {
    kind: "url",
    schemes: ["http", "https"],
    default: "",
    doc: "MLflow tracking server. With `model.name` and `model.version` the baseline is taken from the artifact `outrider/baseline.json` of that version, unless `drift.baseline` names a file.",
    example: "http://mlflow:5000",
    reload: false,
  },
  token_file: {
    kind: "secret_file",
    default: "",
    doc: "File with the bearer token for it.",
    example: "/var/run/secrets/outrider/mlflow",
    reload: false,
  },
  timeout_ms: {
    kind: "milliseconds",
    min: 100,
    max: 600_000,
    default: 10_000,
    doc: "Longest wait for an answer.",
    example: "10s",
    reload: false,
  },
} as const;
