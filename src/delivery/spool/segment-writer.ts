/** Writes the newest segment file. */
import { open, type FileHandle } from "node:fs/promises";

import type { Segment } from "./segment.ts";

/** Appends to a segment file, and can remove an incomplete write. */
export class SegmentWriter {
  readonly segment: Segment;
  readonly #handle: FileHandle;
  #isSynced = true;

  /** Creates the file of a new segment. Rejects when it exists or cannot be created. */
  static async create(segment: Segment): Promise<SegmentWriter> {
    return new SegmentWriter(segment, await open(segment.file, "wx", fileMode));
  }

  private constructor(segment: Segment, handle: FileHandle) {
    this.segment = segment;
    this.#handle = handle;
  }

  /** Writes at the end of the segment; the caller then updates its length. Rejects unless all bytes are written. */
  async write(bytes: Buffer): Promise<void> {
    this.#isSynced = false;
    const { bytes: start } = this.segment;
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await this.#handle.write(bytes, written, bytes.length - written, start + written);
      written += bytesWritten;
    }
  }

  /** Truncates the file to the length of the segment, which removes a failed write. Rejects when it cannot. */
  async truncate(): Promise<void> {
    await this.#handle.truncate(this.segment.bytes);
  }

  /** Waits until all written bytes are on the disk. */
  async sync(): Promise<void> {
    if (this.#isSynced) return;
    await this.#handle.datasync();
    this.#isSynced = true;
  }

  /** Closes the file. Never rejects. */
  async close(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
  }
}

/** The owner may write, the group may read. */
const fileMode = 0o640;

/** Waits until the names in a folder are on the disk. Never rejects: not every file system supports it. */
export async function syncDirectory(directory: string): Promise<void> {
  try {
    const handle = await open(directory);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The contents are synced; the names reach the disk with the next sync of the file system.
  }
}
