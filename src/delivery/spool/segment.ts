/** The files of a spool, and reading one of them. */
import { open, type FileHandle } from "node:fs/promises";
import path from "node:path";

import { nextFrame } from "./frame.ts";

/** What the spool knows about one of its files. The spool changes it. */
export interface SpoolSegment {
  readonly sequence: number;
  readonly file: string;
  /** Length of what was written whole. The file may be longer where a write failed. */
  bytes: number;
  /** Up to here all is released. */
  offset: number;
  /** Entries behind `offset` that are not known to be lost. */
  entries: number;
}

/** A part of a segment. */
export interface SegmentRange {
  readonly file: string;
  readonly from: number;
  readonly to: number;
}

/** What reading a range found out. */
export interface SegmentRead {
  /** Pieces without an entry, each as large as it can be. */
  readonly damaged: number;
  /** The end of the range was reached. */
  readonly isWhole: boolean;
}

/** Takes the frame whose payload lies at `payload` to `end` in `bytes`, which change afterwards; false ends the reading. */
export type FrameVisitor = (bytes: Buffer, payload: number, end: number, fileOffset: number) => boolean;

/** Name of the file of a segment. */
export function segmentFile(directory: string, sequence: number): string {
  return path.join(directory, `spool-${String(sequence).padStart(10, "0")}.seg`);
}

/** The number of the segment in a file of this name; undefined for other files. */
export function segmentSequence(name: string): number | undefined {
  const digits = /^spool-(\d{10,15})\.seg$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Reads the frames of a range in their order, through a buffer of 256 KiB or of the longest frame. `fileOffset` is where
 * a frame ends. Rejects when the file cannot be opened or read; a file shorter than the range is read to its end.
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

/** A view of a range of a file that moves on. */
class SegmentWindow {
  readonly #handle: FileHandle;
  #buffer: Buffer;
  #to: number;
  /** The part that is in memory. */
  bytes: Buffer;
  /** Where `bytes` begin in the file. */
  start: number;
  /** Where the reader is in `bytes`. */
  at = 0;

  constructor(handle: FileHandle, from: number, to: number) {
    this.#handle = handle;
    this.#to = to;
    this.#buffer = Buffer.allocUnsafe(Math.min(windowBytes, to - from));
    this.bytes = this.#buffer.subarray(0, 0);
    this.start = from;
  }

  /** From `start` to the end of the range. */
  get wholeBytes(): number {
    return this.#to - this.start;
  }

  /** Moves on to the reader's place, and reads until `wanted` bytes are there from it on, or as many as the file has. */
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
