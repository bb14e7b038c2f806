/** Cutting what is appended to the length of segments. */
import type { LogEntry } from "../../prediction-log/log-entry.ts";
import { frameBytesOf } from "./frame.ts";

/** Entries that go into one segment with one write. */
export interface SpoolRun {
  readonly entries: readonly LogEntry[];
  /** Length of their frames. */
  readonly bytes: number;
}

/** Room for a run, bytes. */
export interface RunRoom {
  /** What the segment that is written to still takes. */
  readonly left: number;
  /** What a new one takes. */
  readonly whole: number;
}

/**
 * The longest run from `from` on that fits what is left of the segment or, when its first entry does not, a new one. An
 * entry that is longer than a segment is a run of its own. Not more than 8 MiB, because a run is written from memory.
 */
export function takeRun(entries: readonly LogEntry[], from: number, { left, whole }: RunRoom): SpoolRun {
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
