/** Splits appended entries into runs that fit into segments. */
import type { LogEntry } from "../../prediction-log/log-entry.ts";
import { frameBytesOf } from "./frame.ts";

/** Entries for one segment, written with one call. */
export interface SegmentRun {
  readonly entries: readonly LogEntry[];
  /** Total length of their frames. */
  readonly bytes: number;
}

/** Bytes that a run may take: it ends where the segment is full. */
export interface RunRoom {
  /** Room left in the current segment. */
  readonly left: number;
  /** Room in a new segment. */
  readonly whole: number;
}

/**
 * The longest run from `from` on that fits into the current segment or, when its first entry does not, into a new one. An
 * entry longer than a segment is a separate run. At most 8 MiB otherwise, because a run is encoded in memory.
 */
export function takeSegmentRun(entries: readonly LogEntry[], from: number, { left, whole }: RunRoom): SegmentRun {
  let bytes = 0;
  let room = left;
  let to = from;
  for (let entry = entries[to]; entry !== undefined; entry = entries[to]) {
    const frameBytes = frameBytesOf(entry);
    if (to === from && frameBytes > left) room = whole;
    if (to > from && bytes + frameBytes > Math.min(room, maxRunBytes)) break;
    bytes += frameBytes;
    to++;
  }
  return { entries: entries.slice(from, to), bytes };
}

const maxRunBytes = 8_388_608;
