/** The counters of captured bodies, as metric samples. */
import { bodySides } from "../../payload/exchange-content.ts";
import { unreadReasons } from "../../payload/body-content.ts";
import type { captureRows } from "../catalogue/prediction-catalogue.ts";
import type { Sample } from "../sample.ts";
import { captureDropReasons, type CaptureCounters } from "./capture-counters.ts";

/** Samples of each metric: 43 series, all there from the start. */
export const captureFamilies = (
  counters: Readonly<CaptureCounters>,
): Readonly<Record<keyof typeof captureRows, readonly Sample[]>> => ({
  outrider_reading_offered_total: [{ value: counters.offeredTotal }],
  outrider_reading_dropped_total: captureDropReasons.map((reason) => ({
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
