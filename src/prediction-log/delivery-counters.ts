/** Plain numbers about the delivery of logged predictions to one sink, kept while it works and read by a scrape. */
import { entryDropReasons, retryReasons, type EntryDropReason, type RetryReason } from "./destination.ts";
import { zeroCounts } from "../metrics/sample.ts";
import { bucketEdges, DurationHistogram } from "../metrics/requests/duration-histogram.ts";

/** Edges of the time that a delivery takes, seconds: 1 ms to 30 s. */
export const deliveryEdgesSeconds: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/**
 * Counters end in `Total` and only grow; the others are gauges. At all times
 *
 * `acceptedTotal` + `recoveredTotal` = `sentTotal` + all of `dropped` + `queuedEntries` + `spooledEntries`.
 */
export class DeliveryCounters {
  /** Entries that were offered. */
  acceptedTotal = 0;
  /** Entries that an earlier process had left in the spool. */
  recoveredTotal = 0;
  /** Entries that the other side has taken. */
  sentTotal = 0;
  /** Entries that were given up, by reason. */
  readonly dropped: Record<EntryDropReason, number> = zeroCounts(entryDropReasons);
  /** Deliveries that have to be made again, by reason. */
  readonly retried: Record<RetryReason, number> = zeroCounts(retryReasons);
  /** Entries in memory, those on their way among them, and what they are reckoned to take. */
  queuedEntries = 0;
  queuedBytes = 0;
  /** Entries on disk that are not delivered yet, and the bytes of its files. */
  spooledEntries = 0;
  spooledBytes = 0;
  /** Entries that were ever written to the spool. */
  spooledTotal = 0;
  /** Pieces of the spool that could not be read: torn or changed on disk. */
  spoolDamagedTotal = 0;
  /** Wall time of the last delivery that went well, milliseconds since the epoch; 0 before. */
  lastSuccessMs = 0;
  /** How long deliveries took that got an answer. */
  readonly duration: DurationHistogram = new DurationHistogram(bucketEdges(deliveryEdgesSeconds), false);
}
