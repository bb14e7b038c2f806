/** The port of a delivery to the place that it delivers to: files, standard output or Loki. */
import type { LogEntry } from "./log-entry.ts";

/** The sinks of the prediction log; values of the metric label `sink`. */
export const sinkNames = ["file", "loki", "stdout"] as const;

/** See {@link sinkNames}. */
export type SinkName = (typeof sinkNames)[number];

/** Why entries were dropped; values of the metric label `reason`. */
export const entryDropReasons = [
  /** The queue was full: its oldest entries were dropped. */
  "queue_full",
  /** The spool was full: its oldest entries were dropped. */
  "spool_full",
  /** The spool could not be written or read back. */
  "spool_failed",
  /** The process stopped before they were delivered, and there was no spool. */
  "stopped",
  /** The destination refuses them permanently. */
  "too_old",
  "too_new",
  "too_far_behind",
  "line_too_long",
  "bad_labels",
  "bad_metadata",
  "too_many_streams",
  "too_large",
  /** Refused for a reason not listed here, or written to a pipe whose reader is gone. */
  "refused",
] as const;

/** See {@link entryDropReasons}. */
export type EntryDropReason = (typeof entryDropReasons)[number];

/** Why a delivery has to be retried; values of the metric label `reason`. */
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

/** Result of delivering a batch. A destination never rejects; a failure is a retry. */
export type DeliveryResult =
  /**
   * Settled: `refused` entries were refused permanently, the others are stored. `detail` is a clause for the log about the
   * refused ones.
   */
  | { readonly kind: "done"; readonly refused: ReadonlyMap<EntryDropReason, number>; readonly detail?: string }
  /**
   * To be retried with the very same entries, not before `afterMs` milliseconds have passed. Some entries may be stored
   * already, and are not stored twice. `detail` is a clause for the log.
   */
  | { readonly kind: "retry"; readonly reason: RetryReason; readonly afterMs?: number; readonly detail: string };

/** Where a sink writes. Called by one delivery, one batch at a time. */
export interface Destination {
  readonly name: SinkName;
  /**
   * Delivers one or more entries in their order. Never rejects. When `signal` aborts, it stops as soon as it can and
   * returns a retry.
   */
  deliver(batch: readonly LogEntry[], signal: AbortSignal): Promise<DeliveryResult>;
  /** Closes files and connections. Never rejects. */
  close(): Promise<void>;
}
