/** The port between the queue of a sink and what the sink writes to: files, standard output, Loki. */
import type { LogEntry } from "./log-entry.ts";

/** Where predictions can go; values of the label `sink`. */
export const sinkNames = ["file", "loki", "stdout"] as const;

/** See {@link sinkNames}. */
export type SinkName = (typeof sinkNames)[number];

/** Why entries were given up; values of the label `reason`. */
export const entryDropReasons = [
  /** The queue was full: the oldest went. */
  "queue_full",
  /** The spool was full: the oldest went. */
  "spool_full",
  /** The spool could not be written, or read back. */
  "spool_failed",
  /** The process ended before they were delivered, and there was no spool. */
  "stopped",
  /** The other side will never take them. */
  "too_old",
  "too_new",
  "too_far_behind",
  "line_too_long",
  "bad_labels",
  "bad_metadata",
  "too_many_streams",
  "too_large",
  /** Refused for a reason not listed here; or gone while being written to a pipe that nobody reads. */
  "refused",
] as const;

/** See {@link entryDropReasons}. */
export type EntryDropReason = (typeof entryDropReasons)[number];

/** Why a delivery did not come about for now; values of the label `reason`. */
export const retryReasons = [
  "connection",
  "timeout",
  "server_error",
  "rate_limited",
  "unauthorized",
  "not_found",
  "write_failed",
  "disk_full",
] as const;

/** See {@link retryReasons}. */
export type RetryReason = (typeof retryReasons)[number];

/** What became of a batch. */
export type DeliveryResult =
  /**
   * It is over with: `refused` of the batch were turned down for good, the others are kept on the other side. `detail` is
   * a clause for the log about the refused ones.
   */
  | { readonly kind: "done"; readonly refused: ReadonlyMap<EntryDropReason, number>; readonly detail?: string }
  /**
   * Not now. Some of the batch may be kept already; to deliver the very same entries again does no harm. `detail` is a
   * clause for the log.
   */
  | { readonly kind: "retry"; readonly reason: RetryReason; readonly afterMs?: number; readonly detail: string }
  /**
   * More than the other side takes in one piece: the halves may pass. A batch of one entry for which this is said is
   * given up as `too_large`. With `afterMs`, not before that time.
   */
  | { readonly kind: "split"; readonly reason: RetryReason; readonly afterMs?: number; readonly detail: string };

/** What a sink writes to. One delivery at a time. */
export interface Destination {
  readonly name: SinkName;
  /** Delivers entries in their order; at least one. Never rejects. `signal` gives up a delivery that hangs: it becomes a retry. */
  deliver(batch: readonly LogEntry[], signal: AbortSignal): Promise<DeliveryResult>;
  /** Lets go of files and connections. Never rejects. */
  close(): Promise<void>;
}
