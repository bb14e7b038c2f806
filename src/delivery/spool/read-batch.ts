/** The oldest entries of a segment. */
import type { LogEntry } from "../../prediction-log/log-entry.ts";
import { decodeEntry } from "./frame.ts";
import { readSegment, type SpoolSegment } from "./segment.ts";

/** What {@link readBatch} read. */
export type SegmentBatch =
  | {
      readonly kind: "read";
      readonly entries: readonly LogEntry[];
      /** Where the last of them ends in the segment. */
      readonly end: number;
      /** Entries that should have followed, and do not. */
      readonly missing: number;
    }
  /** This process may open no further file, or has no memory, for now. */
  | { readonly kind: "not_now" };

/**
 * Reads entries that are not released, at most `maxBytes` by their own reckoning, or one. Never more than the segment is
 * known to hold. A file that is gone or cannot be read further has lost its rest. Never rejects.
 */
export async function readBatch(segment: SpoolSegment, maxBytes: number): Promise<SegmentBatch> {
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
    if (passing.has((error as NodeJS.ErrnoException).code ?? "")) return { kind: "not_now" };
  }
  return { kind: "read", entries, end, missing: isCut ? 0 : segment.entries - entries.length };
}

const passing: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "ENOMEM", "EAGAIN"]);
