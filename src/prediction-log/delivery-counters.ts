/** Counters of the delivery to one sink. Read by a scrape. */
import { entryDropReasons, retryReasons, type EntryDropReason, type RetryReason } from "./destination.ts";
import { zeroCounts } from "../metrics/sample.ts";
import { bucketEdges, DurationHistogram } from "../metrics/requests/duration-histogram.ts";

/** Bucket edges of the duration of a delivery, seconds: 1 ms to 30 s. */
export const deliveryEdgesSeconds: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/**
 * Counters end in `Total` and only grow; the others are gauges. At every moment
 *
 * `acceptedTotal` + `recoveredTotal` = `sentTotal` + all of `dropped` + `queuedEntries` + `spooledEntries`.
 */
export class DeliveryCounters {
  /** Entries offered to the delivery. */
  acceptedTotal = 0;
  /** Entries that an earlier process left in the spool. */
  recoveredTotal = 0;
  /** Entries that the destination has stored. */
  sentTotal = 0;
  /** Dropped entries, by reason. */
  readonly dropped: Record<EntryDropReason, number> = zeroCounts(entryDropReasons);
  /** Failed attempts that are retried, by reason. */
  readonly retried: Record<RetryReason, number> = zeroCounts(retryReasons);
  /** Entries in memory, those in flight included, and their bytes by `LogEntry.bytes`. */
  queuedEntries = 0;
  queuedBytes = 0;
  /** Undelivered entries on disk, and the bytes of the spool's files. */
  spooledEntries = 0;
  spooledBytes = 0;
  /** Entries written to the spool since the start. */
  spooledTotal = 0;
  /** Damaged stretches of the spool, torn or changed on disk. */
  spoolDamagedTotal = 0;
  /** Wall time of the last successful delivery, milliseconds since the epoch; 0 before the first. */
  lastSuccessMs = 0;
  /** Duration of the deliveries that got an answer. */
  readonly duration: DurationHistogram = new DurationHistogram(bucketEdges(deliveryEdgesSeconds), false);
}
