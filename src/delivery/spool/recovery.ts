/** Reads what an earlier process left in the folder of a spool. */
import { readdir, stat, unlink } from "node:fs/promises";
import path from "node:path";

import { readCursor } from "./cursor.ts";
import type { SpoolPosition } from "./spool.ts";
import { readSegment, segmentSequence, type Segment } from "./segment.ts";

/** Result of {@link recoverSpool}. */
export interface RecoveredSpool {
  /** Segments with entries that are not released, oldest first. */
  readonly segments: Segment[];
  /** Damaged stretches, and files that cannot be opened. */
  readonly damaged: number;
  /** Number of the next segment: higher than all numbers in use and the one in the cursor. */
  readonly nextSequence: number;
}

/**
 * Reads all segments and counts their entries, at the speed of the disk and in constant memory. Deletes segments whose
 * entries are all released; keeps those that cannot be opened, and files with other names. Ignores a cursor that does
 * not match the segments: released entries are then delivered again. Rejects when the folder cannot be read.
 */
export async function recoverSpool(directory: string): Promise<RecoveredSpool> {
  const found = await segmentsIn(directory);
  const cursor = await readCursor(directory);
  const scans = [];
  for (const segment of found) scans.push(await scan(segment, cursor));
  const reached = scans.find(({ isReached }) => isReached)?.segment.sequence ?? 0;
  const isLeft = ({ sequence, entries }: Segment): boolean => sequence >= reached && entries > 0;
  for (const { segment, isReadable } of scans) {
    if (isReadable && !isLeft(segment)) await unlink(segment.file).catch(() => undefined);
  }
  return {
    segments: scans.map(({ segment }) => segment).filter(isLeft),
    damaged: scans.reduce((sum, { damaged }) => sum + damaged, 0),
    nextSequence: Math.max(cursor?.segment ?? 0, found.at(-1)?.sequence ?? 0) + 1,
  };
}

async function segmentsIn(directory: string): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (const found of await readdir(directory, { withFileTypes: true })) {
    const sequence = segmentSequence(found.name);
    if (sequence === undefined || !found.isFile()) continue;
    segments.push({ sequence, file: path.join(directory, found.name), bytes: 0, offset: 0, entries: 0 });
  }
  return segments.sort((a, b) => a.sequence - b.sequence);
}

interface Scan {
  readonly segment: Segment;
  readonly damaged: number;
  /** The cursor is at the end of an entry of this segment. */
  readonly isReached: boolean;
  readonly isReadable: boolean;
}

async function scan(segment: Segment, cursor: SpoolPosition | undefined): Promise<Scan> {
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
    // An operator may repair it: the file stays for the next start.
    return { segment, damaged: 1, isReached: false, isReadable: false };
  }
}
