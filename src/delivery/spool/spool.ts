/** The port of a delivery to the store that keeps entries on disk while the destination is unavailable. */
import type { EntryDropReason } from "../../prediction-log/destination.ts";
import type { LogEntry } from "../../prediction-log/log-entry.ts";

/** The end of a batch in the spool. Opaque to callers. */
export interface SpoolPosition {
  readonly segment: number;
  readonly offset: number;
}

/** The oldest entries of the spool, one or more, in the order in which they were appended. */
export interface SpooledBatch {
  readonly entries: readonly LogEntry[];
  /** Argument of {@link Spool.release} once the whole batch is settled. */
  readonly position: SpoolPosition;
}

/** Lost entries by reason; empty for none. Each lost entry is reported once, by the call during which it was lost. */
export type SpoolLosses = ReadonlyMap<EntryDropReason, number>;

/** Result of {@link Spool.peek}. */
export interface SpoolPeek {
  /** Undefined when the spool is empty. */
  readonly batch: SpooledBatch | undefined;
  /** Entries that could not be read back (`spool_failed`). Neither `batch` nor `Spool.entries` includes them. */
  readonly lost: SpoolLosses;
}

/**
 * A queue on disk, bounded in bytes. No call ever rejects or throws. An `append` may overlap with a `peek` or a
 * `release`; two calls of the same kind must not overlap, nor a `peek` and a `release`.
 *
 * While no call is under way, `entries` = entries at the start + appended − lost − released.
 */
export interface Spool {
  /** Number of stored entries. Right after the start: those that an earlier process left. */
  readonly entries: number;
  /** Bytes of its files. */
  readonly bytes: number;
  /** Damaged stretches found since the start, torn ends of files included. */
  readonly damagedTotal: number;
  /**
   * Appends in order; resolves when the entries are written, and synced as the policy says. A full spool drops its
   * oldest entries (`spool_full`), but never the segment of a peeked batch. Given entries are lost when they cannot be
   * written (`spool_failed`) or when no room can be made for them (`spool_full`).
   */
  append(entries: readonly LogEntry[]): Promise<SpoolLosses>;
  /**
   * The oldest entries: together at most `maxBytes` by {@link LogEntry.bytes}, but at least one. Until they are released
   * every call begins with the same entry, and gives the same batch for the same `maxBytes` unless more was appended.
   * Entries come back exactly as they were appended. A batch may be shorter, for example at the end of a segment.
   */
  peek(maxBytes: number): Promise<SpoolPeek>;
  /** Removes the batch that ends at `position`, which must be the one peeked last. */
  release(position: SpoolPosition): Promise<void>;
  /** Syncs as the policy says and closes the files. */
  close(): Promise<void>;
}
