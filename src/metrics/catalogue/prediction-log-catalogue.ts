/** Rows of the catalogue for the log of predictions. */

/** See src/prediction-log/prediction-log-families.ts. Which exchanges are logged and what became of their records; there when predictions are logged. */
export const predictionLogRows = {
  outrider_prediction_log_offered_total: [
    "counter",
    "exchanges",
    "Exchanges that could be logged: all but health and metadata. The sum of outrider_prediction_log_kept_total and outrider_prediction_log_skipped_total.",
  ],
  outrider_prediction_log_kept_total: [
    "counter",
    "exchanges",
    "Exchanges that are logged: `sample` is the sample by identity, the others are kinds of `predictions.always`.",
    "reason",
  ],
  outrider_prediction_log_skipped_total: [
    "counter",
    "exchanges",
    "Exchanges that are not logged: `not_sampled`; `thinned`, of a kind past `predictions.always_per_second`; `byte_budget`, left out to keep to `predictions.record_bytes_per_second`.",
    "reason",
  ],
  outrider_prediction_log_drafts: [
    "gauge",
    "exchanges",
    "Exchanges that are logged and wait for their bodies to be read.",
  ],
  outrider_prediction_log_records_total: ["counter", "records", "Records that were handed to the sinks."],
  outrider_prediction_log_record_bytes_total: ["counter", "bytes", "Bytes of the lines of these records."],
  outrider_prediction_log_failed_total: ["counter", "records", "Records that could not be made."],
  outrider_prediction_log_cut_total: [
    "counter",
    "records",
    "Records that lack a part: `rows` past the first 100, the others because the record was longer than `predictions.record_bytes`.",
    "part",
  ],
  outrider_prediction_log_omitted_bodies_total: [
    "counter",
    "bodies",
    "Bodies that are not in their record though `predictions.bodies` asks for them.",
    "reason",
  ],
  outrider_prediction_log_unread_records_total: [
    "counter",
    "records",
    "Records without features and predictions because their bodies were not read: too many waited, or reading had stopped.",
  ],
  outrider_prediction_log_collapsed_records_total: [
    "counter",
    "records",
    "Records that went to the stream `__other__` because there were `loki.max_streams`.",
  ],
} as const;

/** What became of the records in each sink that is configured. */
export const predictionDeliveryRows = {
  outrider_prediction_log_accepted_total: ["counter", "records", "Records that were handed to the sink.", "sink"],
  outrider_prediction_log_recovered_total: [
    "counter",
    "records",
    "Records that an earlier process had left in the spool. With outrider_prediction_log_accepted_total, the sum of those sent, dropped, queued and spooled.",
    "sink",
  ],
  outrider_prediction_log_sent_total: [
    "counter",
    "records",
    "Records that are written, or that Loki has taken.",
    "sink",
  ],
  outrider_prediction_log_dropped_total: [
    "counter",
    "records",
    "Records that were given up, by reason. What Loki refuses for good is among them.",
    "sink",
    "reason",
  ],
  outrider_prediction_log_retries_total: [
    "counter",
    "deliveries",
    "Deliveries that have to be made again, by reason.",
    "sink",
    "reason",
  ],
  outrider_prediction_log_queue_entries: [
    "gauge",
    "records",
    "Records in memory, those on their way among them.",
    "sink",
  ],
  outrider_prediction_log_queue_bytes: [
    "gauge",
    "bytes",
    "Memory of these records; at most an eighth of `memory.budget_bytes`.",
    "sink",
  ],
  outrider_prediction_log_spool_entries: ["gauge", "records", "Records on disk that are not delivered yet.", "sink"],
  outrider_prediction_log_spool_bytes: ["gauge", "bytes", "Files of the spool; at most `loki.spool_bytes`.", "sink"],
  outrider_prediction_log_spooled_total: ["counter", "records", "Records that were ever written to the spool.", "sink"],
  outrider_prediction_log_spool_damaged_total: [
    "counter",
    "pieces",
    "Pieces of the spool that could not be read: torn or changed on disk.",
    "sink",
  ],
  outrider_prediction_log_last_success_timestamp_seconds: [
    "gauge",
    "seconds",
    "When a delivery last went well, seconds since the epoch; 0 before.",
    "sink",
  ],
  outrider_prediction_log_delivery_seconds: [
    "histogram",
    "seconds",
    "How long a delivery took that got an answer: a push to Loki, or a write.",
    "sink",
  ],
} as const;
