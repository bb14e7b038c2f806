/** Counters of the prediction log: which exchanges are logged, and what their records leave out. Read by a scrape. */
import { unreadReasons, type UnreadReason } from "../payload/body-content.ts";
import { zeroCounts } from "../metrics/sample.ts";
import {
  cutOrder,
  samplingReasons,
  type BodyOmission,
  type CutPart,
  type SamplingReason,
} from "./prediction-record.ts";

/** Why an exchange is not logged; values of the metric label `reason`. */
export const skipReasons = [
  /** Neither in the sample nor of a kind that is always logged. */
  "not_sampled",
  /** Of a kind that is always logged, but past the rate of the kind. */
  "thinned",
  /** Would have been logged if the byte budget were larger. */
  "byte_budget",
] as const;

/** See {@link skipReasons}. */
export type SkipReason = (typeof skipReasons)[number];

/** Values in addition to {@link cutOrder} and the readers' reasons. The type makes the list complete. */
const ownCuts: Readonly<Record<Exclude<CutPart, (typeof cutOrder)[number]>, true>> = { rows: true };
const ownOmissions: Readonly<Record<Exclude<BodyOmission, UnreadReason>, true>> = {
  not_captured: true,
  not_redactable: true,
};

/** Parts that may be left out of a record; values of the metric label `part`. */
export const cutParts: readonly CutPart[] = [...cutOrder, ...keysOf(ownCuts)];

/** Why a body is not in a record; values of the metric label `reason`. */
export const bodyOmissions: readonly BodyOmission[] = [...unreadReasons, ...keysOf(ownOmissions)];

/**
 * Counters only grow; `pendingRecords` is a gauge. At every moment
 *
 * - `offeredTotal` = all of `kept` + all of `skipped`,
 * - all of `kept` = `recordsTotal` + `failedTotal` + `pendingRecords`.
 */
export class PredictionLogCounters {
  /** Exchanges that the sampler decided on: all but health and metadata. */
  offeredTotal = 0;
  /** Exchanges chosen for the log, by reason. */
  readonly kept: Record<SamplingReason, number> = zeroCounts(samplingReasons);
  /** Exchanges not chosen, by reason. */
  readonly skipped: Record<SkipReason, number> = zeroCounts(skipReasons);
  /** Chosen exchanges whose record is not made yet. */
  pendingRecords = 0;
  /** Records handed to the sinks, and the bytes of their lines. */
  recordsTotal = 0;
  recordBytesTotal = 0;
  /** Records that could not be made because of a defect. */
  failedTotal = 0;
  /** Records from which a part was cut because of length or number of rows, by part. */
  readonly cut: Record<CutPart, number> = zeroCounts(cutParts);
  /** Bodies missing from records that should hold them, by reason. */
  readonly omittedBodies: Record<BodyOmission, number> = zeroCounts(bodyOmissions);
  /** Records made without reading bodies, because the capture queue was full or there were none. */
  unreadRecordsTotal = 0;
  /** Records in the overflow stream, because there were too many streams. */
  streamsOverflowTotal = 0;
}

function keysOf<Key extends string>(row: Readonly<Record<Key, true>>): readonly Key[] {
  return Object.keys(row) as Key[];
}
