/** Plain numbers about which exchanges are logged and what their records lack, kept while it works and read by a scrape. */
import { unreadReasons, type UnreadReason } from "../payload/body-content.ts";
import { cutOrder, keepReasons, type BodyOmission, type CutPart, type KeepReason } from "./prediction-record.ts";
import { zeroCounts } from "../metrics/zero-counts.ts";

/** Why an exchange is not logged; each is a value of the label `reason`. */
export const keepSkipReasons = [
  /** Neither in the sample nor of a kind that is always kept. */
  "not_sampled",
  /** Of a kind that is always kept, but past its rate. */
  "thinned",
  /** Would have been kept if records took fewer bytes. */
  "byte_budget",
] as const;

/** See {@link keepSkipReasons}. */
export type KeepSkipReason = (typeof keepSkipReasons)[number];

/** What {@link cutOrder} and readers do not name themselves; the compiler asks for each. */
const ownCuts: Readonly<Record<Exclude<CutPart, (typeof cutOrder)[number]>, true>> = { rows: true };
const ownOmissions: Readonly<Record<Exclude<BodyOmission, UnreadReason>, true>> = {
  not_captured: true,
  not_redactable: true,
};

/** What may be left out of a record; values of the label `part`. */
export const cutParts: readonly CutPart[] = [...cutOrder, ...keysOf(ownCuts)];

/** Why a body is not in a record; values of the label `reason`. */
export const bodyOmissions: readonly BodyOmission[] = [...unreadReasons, ...keysOf(ownOmissions)];

/**
 * Counters only grow; `draftsHeld` is a gauge. At all times
 *
 * - `offeredTotal` = all of `kept` + all of `skipped`,
 * - all of `kept` = `recordsTotal` + `failedTotal` + `draftsHeld`.
 */
export class PredictionLogCounters {
  /** Exchanges that could be logged: all but health and metadata. */
  offeredTotal = 0;
  /** Exchanges that are logged, by reason. */
  readonly kept: Record<KeepReason, number> = zeroCounts(keepReasons);
  /** Exchanges that are not, by reason. */
  readonly skipped: Record<KeepSkipReason, number> = zeroCounts(keepSkipReasons);
  /** Exchanges that are logged and whose record is not made yet. */
  draftsHeld = 0;
  /** Records that were handed to the sinks, and the bytes of their lines. */
  recordsTotal = 0;
  recordBytesTotal = 0;
  /** Records that could not be made. */
  failedTotal = 0;
  /** Records without a part for being too long or having too many rows, by part. */
  readonly cut: Record<CutPart, number> = zeroCounts(cutParts);
  /** Bodies that are not in a record which was to have them, by reason. */
  readonly omittedBodies: Record<BodyOmission, number> = zeroCounts(bodyOmissions);
  /** Records whose bodies were not read, because too many waited or there were none. */
  withoutReading = 0;
  /** Records that went to the stream of those past the cap. */
  streamsOverflowTotal = 0;
}

function keysOf<Key extends string>(row: Readonly<Record<Key, true>>): readonly Key[] {
  return Object.keys(row) as Key[];
}
