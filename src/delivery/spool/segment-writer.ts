/** The one segment that is written to. */
import { open, type FileHandle } from "node:fs/promises";

import type { SpoolSegment } from "./segment.ts";

/** Writes to the end of a segment; what it could not write whole is cut off again. */
export class SpoolWriter {
  readonly segment: SpoolSegment;
  readonly #handle: FileHandle;
  #isSynced = true;

  /** Makes the file of a new segment. Rejects when it cannot be made, or is there. */
  static async create(segment: SpoolSegment): Promise<SpoolWriter> {
    return new SpoolWriter(segment, await open(segment.file, "wx", fileMode));
  }

  private constructor(segment: SpoolSegment, handle: FileHandle) {
    this.segment = segment;
    this.#handle = handle;
  }

  /** Writes behind what the segment holds; that it now holds more is for the caller to note. Rejects when not all is written. */
  async write(bytes: Buffer): Promise<void> {
    this.#isSynced = false;
    const { bytes: start } = this.segment;
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await this.#handle.write(bytes, written, bytes.length - written, start + written);
      written += bytesWritten;
    }
  }

  /** Cuts off what was written and not noted. Rejects when it cannot: the file is then longer than the segment. */
  async cut(): Promise<void> {
    await this.#handle.truncate(this.segment.bytes);
  }

  /** Waits until all that was written is on the disk. */
  async sync(): Promise<void> {
    if (this.#isSynced) return;
    await this.#handle.datasync();
    this.#isSynced = true;
  }

  /** Lets go of the file. Never rejects. */
  async close(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
  }
}

/** Predictions are for the owner, and the group to read. */
const fileMode = 0o640;

/** Waits until the names in a folder are on the disk. Never rejects: not every file system can do that. */
export async function syncDirectory(directory: string): Promise<void> {
  try {
    const handle = await open(directory);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The segments themselves are synced; their names come to the disk with the next sync of the file system.
  }
}
