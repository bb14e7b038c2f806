/** Reads the oldest entries of a segment. */
import type { LogEntry } from "../../prediction-log/log-entry.ts";
import { decodeEntry } from "./frame.ts";
import { readSegment, type Segment } from "./segment.ts";

/** Result of {@link readBatch}. */
export type SegmentBatch =
  | {
      readonly kind: "read";
      readonly entries: readonly LogEntry[];
      /** Offset in the segment at which the last of them ends. */
      readonly end: number;
      /** Entries that the segment should hold after these, and does not. */
      readonly missing: number;
    }
  /** The process has no file descriptors or memory left for now. */
  | { readonly kind: "not_now" };

/**
 * Reads the oldest entries that are not released: at most `maxBytes` by {@link LogEntry.bytes}, at least one, and never
 * more than the segment is known to hold. The rest of a file that is gone or unreadable counts as missing. Never rejects.
 */
export async function readBatch(segment: Segment, maxBytes: number): Promise<SegmentBatch> {
  const entries: LogEntry[] = [];
  let end = segment.offset;
  let room = maxBytes;
  let isCut = false;
  try {
    await readSegment(
      { ...segment, from: segment.offset, to: segment.bytes },
      (bytes, payload, frameEnd, fileOffset) => {
        const entry = decodeEntry(bytes, payload, frameEnd);
        if (entry === undefined) return true;
        isCut = entries.length > 0 && entry.bytes > room;
        if (isCut) return false;
        room -= entry.bytes;
        end = fileOffset;
        return entries.push(entry) < segment.entries;
      },
    );
  } catch (error) {
    if (transientCodes.has((error as NodeJS.ErrnoException).code ?? "")) return { kind: "not_now" };
  }
  return { kind: "read", entries, end, missing: isCut ? 0 : segment.entries - entries.length };
}

const transientCodes: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "ENOMEM", "EAGAIN"]);
