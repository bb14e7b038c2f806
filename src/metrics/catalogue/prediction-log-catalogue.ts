/** Rows of the catalogue for the log of predictions. */

/**
 * Rows about the records: which exchanges are logged and how delivering their records ended. They are there when predictions
 * are logged.
 */
export const predictionLogRows = {
  outrider_prediction_log_offered_total: {
    type: "counter",
    unit: "exchanges",
    help: "Exchanges that could be logged: all but health and metadata. The sum of outrider_prediction_log_kept_total and outrider_prediction_log_skipped_total.",
    labels: [],
  },
  outrider_prediction_log_kept_total: {
    type: "counter",
    unit: "exchanges",
    help: "Exchanges that are logged: `sample` is the sample by identity, the others are kinds of `predictions.always`.",
    labels: ["reason"],
  },
  outrider_prediction_log_skipped_total: {
    type: "counter",
    unit: "exchanges",
    help: "Exchanges that are not logged: `not_sampled`; `thinned`, of a kind past `predictions.always_per_second`; `byte_budget`, left out to keep to `predictions.record_bytes_per_second`.",
    labels: ["reason"],
  },
  outrider_prediction_log_drafts: {
    type: "gauge",
    unit: "exchanges",
    help: "Exchanges that will be logged once their bodies are read.",
    labels: [],
  },
  outrider_prediction_log_records_total: {
    type: "counter",
    unit: "records",
    help: "Records handed to the sinks.",
    labels: [],
  },
  outrider_prediction_log_record_bytes_total: {
    type: "counter",
    unit: "bytes",
    help: "Bytes of the lines of these records.",
    labels: [],
  },
  outrider_prediction_log_failed_total: {
    type: "counter",
    unit: "records",
    help: "Records that could not be made.",
    labels: [],
  },
  outrider_prediction_log_cut_total: {
    type: "counter",
    unit: "records",
    help: "Records that lack a part: `rows` past the first 100, the others because the record was longer than `predictions.record_bytes`.",
    labels: ["part"],
  },
  outrider_prediction_log_omitted_bodies_total: {
    type: "counter",
    unit: "bodies",
    help: "Bodies that are not in their record though `predictions.bodies` asks for them.",
    labels: ["reason"],
  },
  outrider_prediction_log_unread_records_total: {
    type: "counter",
    unit: "records",
    help: "Records without features and predictions because their bodies were not read: too many waited, or reading had stopped.",
    labels: [],
  },
  outrider_prediction_log_collapsed_records_total: {
    type: "counter",
    unit: "records",
    help: "Records that went to the stream `__other__` because there were `loki.max_streams`.",
    labels: [],
  },
} as const;

/** Rows about delivery, for each sink that is configured. */
export const predictionDeliveryRows = {
  outrider_prediction_log_accepted_total: {
    type: "counter",
    unit: "records",
    help: "Records that were handed to the sink.",
    labels: ["sink"],
  },
  outrider_prediction_log_recovered_total: {
    type: "counter",
    unit: "records",
    help: "Records that an earlier process had left in the spool. With outrider_prediction_log_accepted_total, the sum of those sent, dropped, queued and spooled.",
    labels: ["sink"],
  },
  outrider_prediction_log_sent_total: {
    type: "counter",
    unit: "records",
    help: "Records written, or accepted by Loki.",
    labels: ["sink"],
  },
  outrider_prediction_log_dropped_total: {
    type: "counter",
    unit: "records",
    help: "Records that were given up, by reason; includes those that Loki rejected permanently.",
    labels: ["sink", "reason"],
  },
  outrider_prediction_log_retries_total: {
    type: "counter",
    unit: "deliveries",
    help: "Deliveries that are retried, by reason.",
    labels: ["sink", "reason"],
  },
  outrider_prediction_log_queue_entries: {
    type: "gauge",
    unit: "records",
    help: "Records in memory, including those being delivered.",
    labels: ["sink"],
  },
  outrider_prediction_log_queue_bytes: {
    type: "gauge",
    unit: "bytes",
    help: "Memory that these records take; at most their share of `memory.budget_bytes`.",
    labels: ["sink"],
  },
  outrider_prediction_log_spool_entries: {
    type: "gauge",
    unit: "records",
    help: "Records on disk that are not delivered yet.",
    labels: ["sink"],
  },
  outrider_prediction_log_spool_bytes: {
    type: "gauge",
    unit: "bytes",
    help: "Files of the spool; at most `loki.spool_bytes`.",
    labels: ["sink"],
  },
  outrider_prediction_log_spooled_total: {
    type: "counter",
    unit: "records",
    help: "Records that were ever written to the spool.",
    labels: ["sink"],
  },
  outrider_prediction_log_spool_damaged_total: {
    type: "counter",
    unit: "pieces",
    help: "Pieces of the spool that could not be read: torn or changed on disk.",
    labels: ["sink"],
  },
  outrider_prediction_log_last_success_timestamp_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "Time of the last successful delivery, seconds since the epoch; 0 before the first.",
    labels: ["sink"],
  },
  outrider_prediction_log_delivery_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "Duration of the deliveries that were answered: a push to Loki, or a write.",
    labels: ["sink"],
  },
} as const;
