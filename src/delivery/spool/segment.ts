/** Segment files: their names, and reading their frames. */
import { open, type FileHandle } from "node:fs/promises";
import path from "node:path";

import { nextFrame } from "./frame.ts";

/** State of one segment file. Mutable: the queue updates it in place. */
export interface Segment {
  readonly sequence: number;
  readonly file: string;
  /** Length of the complete frames. The file may be longer where a write failed. */
  bytes: number;
  /** Entries before this offset are released. */
  offset: number;
  /** Entries after `offset` that are not known to be lost. */
  entries: number;
}

/** A range of bytes of a segment file, from a frame boundary. `to` is exclusive. */
export interface SegmentRange {
  readonly file: string;
  readonly from: number;
  readonly to: number;
}

/** Result of {@link readSegment}. */
export interface SegmentRead {
  /** Number of damaged stretches; adjacent damage is one stretch. */
  readonly damaged: number;
  /** Whether the end of the range was reached. */
  readonly isWhole: boolean;
}

/**
 * Receives a frame: its payload is `bytes` from `payload` to `end`, valid during the call only. `fileOffset` is the end
 * of the frame in the file. Returns false to stop reading.
 */
export type FrameVisitor = (bytes: Buffer, payload: number, end: number, fileOffset: number) => boolean;

/** Path of the file of a segment. */
export function segmentFile(directory: string, sequence: number): string {
  return path.join(directory, `spool-${String(sequence).padStart(10, "0")}.seg`);
}

/** The number of the segment with this file name; undefined for other files. */
export function segmentSequence(name: string): number | undefined {
  const digits = /^spool-(\d{10,15})\.seg$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Reads the frames of a range in order, through a buffer of 256 KiB, or of the longest frame if that is more. Rejects
 * when the file cannot be opened or read; a file shorter than the range is read to its end.
 */
export async function readSegment({ file, from, to }: SegmentRange, visit: FrameVisitor): Promise<SegmentRead> {
  const handle = await open(file);
  try {
    return await readFrames(new SegmentWindow(handle, from, to), visit);
  } finally {
    await handle.close().catch(() => undefined);
  }
}

async function readFrames(window: SegmentWindow, visit: FrameVisitor): Promise<SegmentRead> {
  let damaged = 0;
  let isInDamage = false;
  for (;;) {
    const step = nextFrame(window.bytes, window.at, window.wholeBytes);
    if (step.kind === "end") return { damaged, isWhole: true };
    if (step.kind === "more") {
      await window.fill(step.bytes);
      continue;
    }
    if (step.kind === "damage") {
      if (!isInDamage) damaged++;
    } else if (!visit(window.bytes, step.payload, step.end, window.start + step.end)) {
      return { damaged, isWhole: false };
    }
    isInDamage = step.kind === "damage";
    window.at = step.end;
  }
}

const windowBytes = 262_144;

/** A window that moves through a range of a file. */
class SegmentWindow {
  readonly #handle: FileHandle;
  #buffer: Buffer;
  #to: number;
  /** The part of the range in memory. */
  bytes: Buffer;
  /** Offset of `bytes` in the file. */
  start: number;
  /** Position of the reader in `bytes`. */
  at = 0;

  constructor(handle: FileHandle, from: number, to: number) {
    this.#handle = handle;
    this.#to = to;
    this.#buffer = Buffer.allocUnsafe(Math.min(windowBytes, to - from));
    this.bytes = this.#buffer.subarray(0, 0);
    this.start = from;
  }

  /** Bytes from `start` to the end of the range. */
  get wholeBytes(): number {
    return this.#to - this.start;
  }

  /** Moves the window to the reader's position and fills it with `wanted` bytes, or with the rest of the file. */
  async fill(wanted: number): Promise<void> {
    const kept = this.bytes.subarray(this.at);
    const target = wanted > this.#buffer.length ? Buffer.allocUnsafe(wanted) : this.#buffer;
    let filled = kept.copy(target);
    this.#buffer = target;
    this.start += this.at;
    this.at = 0;
    while (filled < wanted) {
      const length = Math.min(target.length - filled, this.#to - this.start - filled);
      const { bytesRead } = await this.#handle.read(target, filled, length, this.start + filled);
      filled += bytesRead;
      if (bytesRead > 0) continue;
      this.#to = this.start + filled;
      break;
    }
    this.bytes = target.subarray(0, filled);
  }
}
