/** What an earlier process has left in the folder of a spool. */
import { readdir, stat, unlink } from "node:fs/promises";
import path from "node:path";

import { readCursor } from "./cursor.ts";
import type { SpoolPosition } from "./spool.ts";
import { readSegment, segmentSequence, type SpoolSegment } from "./segment.ts";

/** See {@link recoverSpool}. */
export interface RecoveredSpool {
  /** Those that hold entries which are not released, oldest first. */
  readonly segments: SpoolSegment[];
  /** Pieces that cannot be read. */
  readonly damaged: number;
  /** Number of the next segment: higher than any that was ever used, as far as that can be seen. */
  readonly nextSequence: number;
}

/**
 * Reads all segments and counts what is in them: at the speed of the disk, in a fixed memory. Segments without an entry
 * that is not released are deleted, those that cannot be opened and files of other names are left alone. A cursor
 * that does not fit the segments is not believed: what was released is then delivered again. Rejects when the folder
 * cannot be read.
 */
export async function recoverSpool(directory: string): Promise<RecoveredSpool> {
  const found = await segmentsIn(directory);
  const cursor = await readCursor(directory);
  const scans = [];
  for (const segment of found) scans.push(await scan(segment, cursor));
  const reached = scans.find(({ isReached }) => isReached)?.segment.sequence ?? 0;
  const isLeft = ({ sequence, entries }: SpoolSegment): boolean => sequence >= reached && entries > 0;
  for (const { segment, isReadable } of scans) {
    if (isReadable && !isLeft(segment)) await unlink(segment.file).catch(() => undefined);
  }
  return {
    segments: scans.map(({ segment }) => segment).filter(isLeft),
    damaged: scans.reduce((sum, { damaged }) => sum + damaged, 0),
    nextSequence: Math.max(cursor?.segment ?? 0, found.at(-1)?.sequence ?? 0) + 1,
  };
}

async function segmentsIn(directory: string): Promise<SpoolSegment[]> {
  const segments: SpoolSegment[] = [];
  for (const found of await readdir(directory, { withFileTypes: true })) {
    const sequence = segmentSequence(found.name);
    if (sequence === undefined || !found.isFile()) continue;
    segments.push({ sequence, file: path.join(directory, found.name), bytes: 0, offset: 0, entries: 0 });
  }
  return segments.sort((a, b) => a.sequence - b.sequence);
}

interface Scan {
  readonly segment: SpoolSegment;
  readonly damaged: number;
  /** The cursor is at the end of an entry of it. */
  readonly isReached: boolean;
  readonly isReadable: boolean;
}

async function scan(segment: SpoolSegment, cursor: SpoolPosition | undefined): Promise<Scan> {
  const offset = cursor?.segment === segment.sequence ? cursor.offset : undefined;
  let isReached = false;
  let released = 0;
  let entries = 0;
  try {
    segment.bytes = (await stat(segment.file)).size;
    const { damaged } = await readSegment({ ...segment, from: 0, to: segment.bytes }, (_bytes, _payload, _end, at) => {
      entries++;
      if (at === offset) {
        isReached = true;
        released = entries;
      }
      return true;
    });
    segment.entries = entries - released;
    if (isReached && offset !== undefined) segment.offset = offset;
    return { segment, damaged, isReached, isReadable: true };
  } catch {
    // What cannot be read now may be read when somebody has seen to it: the file stays for the next start.
    return { segment, damaged: 1, isReached: false, isReadable: false };
  }
}
