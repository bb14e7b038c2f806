/** What became of captured bodies, as samples of an exposition. */
import { bodySides } from "../../payload/exchange-content.ts";
import { unreadReasons } from "../../payload/body-content.ts";
import type { MetricSample } from "../catalogue/metric-sample.ts";
import { readingDropReasons, type ReadingCounters } from "./reading-counters.ts";

/** Names of the metrics that {@link readingFamilies} gives. */
export type ReadingMetricName =
  | "outrider_reading_offered_total"
  | "outrider_reading_dropped_total"
  | "outrider_bodies_read_total"
  | "outrider_bodies_unread_total"
  | "outrider_reading_bytes_total"
  | "outrider_reading_cpu_seconds_total"
  | "outrider_reading_queue_bytes"
  | "outrider_reading_queue_exchanges"
  | "outrider_reading_sample_ratio"
  | "outrider_reading_sink_failures_total";

/** Samples of each metric: 43 series, all there from the start. */
export const readingFamilies = (
  counters: Readonly<ReadingCounters>,
): Readonly<Record<ReadingMetricName, readonly MetricSample[]>> => ({
  outrider_reading_offered_total: [{ value: counters.offeredTotal }],
  outrider_reading_dropped_total: readingDropReasons.map((reason) => ({
    labels: { reason },
    value: counters.dropped[reason],
  })),
  outrider_bodies_read_total: bodySides.map((side) => ({ labels: { side }, value: counters.read[side] })),
  outrider_bodies_unread_total: bodySides.flatMap((side) =>
    unreadReasons.map((reason) => ({ labels: { side, reason }, value: counters.unread[side][reason] })),
  ),
  outrider_reading_bytes_total: [{ value: counters.readBytesTotal }],
  outrider_reading_cpu_seconds_total: [{ value: counters.busyMsTotal / 1000 }],
  outrider_reading_queue_bytes: [{ value: counters.queuedBytes }],
  outrider_reading_queue_exchanges: [{ value: counters.queuedExchanges + counters.decodingExchanges }],
  outrider_reading_sample_ratio: [{ value: counters.sampleRatio }],
  outrider_reading_sink_failures_total: [{ value: counters.sinkFailuresTotal }],
});
