/** Metric samples of the prediction log and of its sinks. */
import { entryDropReasons, retryReasons, type SinkName } from "./destination.ts";
import { samplingReasons } from "./prediction-record.ts";
import type { DeliveryCounters } from "./delivery-counters.ts";
import type { Sample } from "../metrics/sample.ts";
import type { predictionDeliveryRows, predictionLogRows } from "../metrics/catalogue/prediction-log-catalogue.ts";
import { bodyOmissions, cutParts, skipReasons, type PredictionLogCounters } from "./prediction-log-counters.ts";

/** Names of the metrics in {@link predictionLogFamilies}. */
export type PredictionLogMetricName = RecordMetricName | SinkMetricName;

type RecordMetricName = keyof typeof predictionLogRows;

type SinkMetricName = keyof typeof predictionDeliveryRows;

/** Counters of each configured sink. */
type Deliveries = ReadonlyMap<SinkName, Readonly<DeliveryCounters>>;

/** Samples of each metric: 38 series, and 48 for each sink. All exist from the start, at 0. */
export const predictionLogFamilies = (
  counters: Readonly<PredictionLogCounters>,
  deliveries: Deliveries,
): Readonly<Record<PredictionLogMetricName, readonly Sample[]>> => ({
  ...recordFamilies(counters),
  ...sinkFamilies(deliveries),
});

const recordFamilies = (
  counters: Readonly<PredictionLogCounters>,
): Readonly<Record<RecordMetricName, readonly Sample[]>> => ({
  outrider_prediction_log_offered_total: [{ value: counters.offeredTotal }],
  outrider_prediction_log_kept_total: byReason(samplingReasons, counters.kept),
  outrider_prediction_log_skipped_total: byReason(skipReasons, counters.skipped),
  outrider_prediction_log_drafts: [{ value: counters.pendingRecords }],
  outrider_prediction_log_records_total: [{ value: counters.recordsTotal }],
  outrider_prediction_log_record_bytes_total: [{ value: counters.recordBytesTotal }],
  outrider_prediction_log_failed_total: [{ value: counters.failedTotal }],
  outrider_prediction_log_cut_total: cutParts.map((part) => ({ labels: { part }, value: counters.cut[part] })),
  outrider_prediction_log_omitted_bodies_total: byReason(bodyOmissions, counters.omittedBodies),
  outrider_prediction_log_unread_records_total: [{ value: counters.unreadRecordsTotal }],
  outrider_prediction_log_collapsed_records_total: [{ value: counters.streamsOverflowTotal }],
});

const sinkFamilies = (deliveries: Deliveries): Readonly<Record<SinkMetricName, readonly Sample[]>> => ({
  outrider_prediction_log_accepted_total: ofEach(deliveries, (counters) => counters.acceptedTotal),
  outrider_prediction_log_recovered_total: ofEach(deliveries, (counters) => counters.recoveredTotal),
  outrider_prediction_log_sent_total: ofEach(deliveries, (counters) => counters.sentTotal),
  outrider_prediction_log_dropped_total: [...deliveries].flatMap(([sink, counters]) =>
    byReason(entryDropReasons, counters.dropped, { sink }),
  ),
  outrider_prediction_log_retries_total: [...deliveries].flatMap(([sink, counters]) =>
    byReason(retryReasons, counters.retried, { sink }),
  ),
  outrider_prediction_log_queue_entries: ofEach(deliveries, (counters) => counters.queuedEntries),
  outrider_prediction_log_queue_bytes: ofEach(deliveries, (counters) => counters.queuedBytes),
  outrider_prediction_log_spool_entries: ofEach(deliveries, (counters) => counters.spooledEntries),
  outrider_prediction_log_spool_bytes: ofEach(deliveries, (counters) => counters.spooledBytes),
  outrider_prediction_log_spooled_total: ofEach(deliveries, (counters) => counters.spooledTotal),
  outrider_prediction_log_spool_damaged_total: ofEach(deliveries, (counters) => counters.spoolDamagedTotal),
  outrider_prediction_log_last_success_timestamp_seconds: ofEach(
    deliveries,
    (counters) => counters.lastSuccessMs / 1000,
  ),
  outrider_prediction_log_delivery_seconds: [...deliveries].flatMap(durationsOf),
});

const ofEach = (deliveries: Deliveries, valueOf: (counters: Readonly<DeliveryCounters>) => number): readonly Sample[] =>
  [...deliveries].map(([sink, counters]) => ({ labels: { sink }, value: valueOf(counters) }));

const byReason = <Reason extends string>(
  reasons: readonly Reason[],
  counts: Readonly<Record<Reason, number>>,
  labels: Readonly<Record<string, string>> = {},
): readonly Sample[] => reasons.map((reason) => ({ labels: { ...labels, reason }, value: counts[reason] }));

function durationsOf([sink, { duration }]: readonly [SinkName, Readonly<DeliveryCounters>]): readonly Sample[] {
  const name: SinkMetricName = "outrider_prediction_log_delivery_seconds";
  const { seconds } = duration.edges;
  const counts = duration.cumulative();
  return [
    ...counts.map((value, index) => ({
      metricName: `${name}_bucket`,
      labels: { sink, le: String(seconds[index] ?? "+Inf") },
      value,
    })),
    { metricName: `${name}_sum`, labels: { sink }, value: duration.sumUs / 1e6 },
    { metricName: `${name}_count`, labels: { sink }, value: counts.at(-1) ?? 0 },
  ];
}
