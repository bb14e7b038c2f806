/** Rows of the catalogue for bodies and their contents. */

/** Metrics of reading bodies: how many were offered, sampled, read and skipped, and the time and memory for it. */
export const captureRows = {
  outrider_reading_offered_total: {
    type: "counter",
    unit: "exchanges",
    help: "Successful predictions that are not streams: their bodies can be read.",
    labels: [],
  },
  outrider_reading_dropped_total: {
    type: "counter",
    unit: "exchanges",
    help: "Predictions whose bodies were dropped unread, by reason.",
    labels: ["reason"],
  },
  outrider_bodies_read_total: {
    type: "counter",
    unit: "bodies",
    help: "Bodies in which features or predictions were found.",
    labels: ["side"],
  },
  outrider_bodies_unread_total: {
    type: "counter",
    unit: "bodies",
    help: "Bodies in which nothing was found, by reason. Their requests were served all the same.",
    labels: ["side", "reason"],
  },
  outrider_reading_bytes_total: {
    type: "counter",
    unit: "bytes",
    help: "Bytes of bodies that were read, without their compression.",
    labels: [],
  },
  outrider_reading_cpu_seconds_total: {
    type: "counter",
    unit: "seconds",
    help: "Time spent on reading bodies and counting their contents.",
    labels: [],
  },
  outrider_reading_queue_bytes: {
    type: "gauge",
    unit: "bytes",
    help: "Bytes of the bodies that wait to be read.",
    labels: [],
  },
  outrider_reading_queue_exchanges: {
    type: "gauge",
    unit: "exchanges",
    help: "Exchanges whose bodies wait to be read or are being decoded.",
    labels: [],
  },
  outrider_reading_sample_ratio: {
    type: "gauge",
    unit: "ratio",
    help: "Part of the exchanges whose bodies are read now, 0 to 1; `reading.sample` unless that costs more than `reading.cpu`. Predictions are counted in this part only.",
    labels: [],
  },
  outrider_reading_sink_failures_total: {
    type: "counter",
    unit: "calls",
    help: "Calls of a consumer of body telemetry that failed.",
    labels: [],
  },
} as const;

/** Metrics of predictions read from bodies: rows, classes, values, confidence, tokens. */
export const predictionRows = {
  outrider_predictions_total: {
    type: "counter",
    unit: "rows",
    help: "Predictions: rows of the responses that were read.",
    labels: ["model", "version", "variant"],
  },
  outrider_predictions_per_second: {
    type: "gauge",
    unit: "rows per second",
    help: "Predictions read in the last 5 s.",
    labels: ["model", "version", "variant"],
  },
  outrider_predictions_without_value_total: {
    type: "counter",
    unit: "rows",
    help: "Rows of responses without a value that can be counted: null, or not a finite number.",
    labels: ["model", "version", "variant"],
  },
  outrider_prediction_classes_total: {
    type: "counter",
    unit: "rows",
    help: "Predictions of each class. Whole numbers count as classes until the model predicts a fraction.",
    labels: ["model", "version", "variant", "class"],
  },
  outrider_prediction_value: {
    type: "histogram",
    unit: "value",
    help: "Numbers that the model predicts. Bucket edges come from the baseline's bins if there is a baseline.",
    labels: ["model", "version", "variant"],
  },
  outrider_prediction_confidence: {
    type: "histogram",
    unit: "ratio",
    help: "Probability of the predicted class, as the model reports it.",
    labels: ["model", "version", "variant"],
  },
  outrider_prediction_entropy: {
    type: "histogram",
    unit: "ratio",
    help: "Entropy of the probabilities of all classes, divided by its largest value: 0 is certain, 1 is a guess.",
    labels: ["model", "version", "variant"],
  },
  outrider_feature_rows_total: {
    type: "counter",
    unit: "rows",
    help: "Rows of features that were read from requests.",
    labels: ["model", "version", "variant"],
  },
  outrider_feature_columns_dropped_total: {
    type: "counter",
    unit: "columns",
    help: "Columns of requests left out because there were more than `reading.max_columns`.",
    labels: ["model", "version", "variant"],
  },
  outrider_tokens_total: {
    type: "counter",
    unit: "tokens",
    help: "Tokens that a language model reports.",
    labels: ["model", "version", "variant", "kind"],
  },
  outrider_finish_reasons_total: {
    type: "counter",
    unit: "answers",
    help: "Why a language model stopped, as it reports.",
    labels: ["model", "version", "variant", "reason"],
  },
  outrider_collapsed_readings_total: {
    type: "counter",
    unit: "exchanges",
    help: "Exchanges counted under `__other__` because `metrics.max_models` were known.",
    labels: [],
  },
} as const;
