/** The port between the delivery of a sink and what keeps its entries on disk while the other side is away. */
import type { EntryDropReason } from "../../prediction-log/destination.ts";
import type { LogEntry } from "../../prediction-log/log-entry.ts";

/** The end of a batch in the spool; only the spool reads it. */
export interface SpoolPosition {
  readonly segment: number;
  readonly offset: number;
}

/** The oldest entries of the spool, in the order in which they were appended. At least one. */
export interface SpooledBatch {
  readonly entries: readonly LogEntry[];
  /** What {@link Spool.release} is given when the whole batch is over with. */
  readonly position: SpoolPosition;
}

/** How many entries are gone, by reason; empty for none. Every lost entry is told once, by the call during which it went. */
export type SpoolLosses = ReadonlyMap<EntryDropReason, number>;

/** What {@link Spool.peek} found. */
export interface SpoolPeek {
  /** Undefined when nothing is left. */
  readonly batch: SpooledBatch | undefined;
  /** Entries that could not be read back (`spool_failed`). They are not in `batch` and no longer in `entries`. */
  readonly lost: SpoolLosses;
}

/**
 * A queue on disk, bounded in bytes. No call ever rejects or throws. An `append` may overlap with a `peek` or a
 * `release`; there are never two of the same, nor a `peek` beside a `release`.
 *
 * When calls are not under way, `entries` = entries at the start + all appended − all lost − all of released batches.
 */
export interface Spool {
  /** Stored and neither released nor lost. Right after the start: what an earlier process left. */
  readonly entries: number;
  /** Bytes of its files. */
  readonly bytes: number;
  /** Pieces that could not be read since the start, torn tails among them. */
  readonly damagedTotal: number;
  /**
   * Appends in order; resolves when written, and synced as the policy says. Losses: the oldest of the spool when it is
   * full (`spool_full`), or of those given when they cannot be written (`spool_failed`) or nothing may go to make room
   * (`spool_full`). The segment of a batch that was peeked and is not released yet does not go: the next one does.
   */
  append(entries: readonly LogEntry[]): Promise<SpoolLosses>;
  /**
   * The oldest entries, together at most `maxBytes` by {@link LogEntry.bytes}, or one. Until released every call begins with the
   * same entry, and gives the same batch for the same `maxBytes` unless more was appended. Entries equal those appended
   * letter by letter. A batch may be cut short anywhere, such as at the end of a segment.
   */
  peek(maxBytes: number): Promise<SpoolPeek>;
  /** The batch that ends at `position` is over with: it is the one peeked last. */
  release(position: SpoolPosition): Promise<void>;
  /** Writes through and lets go of the files. */
  close(): Promise<void>;
}
