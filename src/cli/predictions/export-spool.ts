import { randomUUID } from "node:crypto";
import { open, rm, type FileHandle } from "node:fs/promises";
import path from "node:path";

import { OutriderError } from "../../errors/outrider-error.ts";
import { parseRecord } from "../../prediction-log/parse-record.ts";
import type { PredictionRecord } from "../../prediction-log/prediction-record.ts";
import { LineReader } from "./lines.ts";

const charactersAtOnce = 2 ** 18;

/**
 * Records on disk between two passes over them. The log grows while it is read, but both passes must see the same
 * records. The file is deleted right after it is opened, so that not even a crash leaves it behind.
 */
export class RecordSpool {
  readonly #directory: string;
  readonly #handle: FileHandle;
  #lines: string[] = [];
  #characters = 0;
  /** Bytes written. */
  bytes = 0;

  private constructor(directory: string, handle: FileHandle) {
    this.#directory = directory;
    this.#handle = handle;
  }

  /** Creates one in a folder with enough free space. Fails with `file_unwritable`, as writing does. */
  static async in(directory: string): Promise<RecordSpool> {
    const file = path.join(directory, `.outrider-export.${randomUUID()}.tmp`);
    try {
      const handle = await open(file, "wx+", 0o600);
      await rm(file);
      return new RecordSpool(directory, handle);
    } catch (error) {
      throw unwritable(directory, error);
    }
  }

  /** Adds the line of a record. */
  async add(line: string): Promise<void> {
    this.#lines.push(line, "\n");
    this.#characters += line.length;
    if (this.#characters >= charactersAtOnce) await this.#write();
  }

  /** The records in order; `onRead` gets the number of bytes read so far. */
  async *records(onRead: (bytes: number) => void): AsyncGenerator<PredictionRecord> {
    await this.#write();
    const reader = new LineReader(this.#handle, { offset: 0, lines: 0 }, this.bytes);
    for (;;) {
      const lines = await reader.next();
      if (lines.length === 0) return;
      for (const line of lines) {
        const parsed = parseRecord(line);
        if (parsed.kind === "record") yield parsed.record;
      }
      onRead(reader.bytesRead);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #write(): Promise<void> {
    const bytes = Buffer.from(this.#lines.join(""));
    this.#lines = [];
    this.#characters = 0;
    // Always at an explicit position: reading does not move it.
    for (let at = 0; at < bytes.length;) {
      const writing = this.#handle.write(bytes, at, bytes.length - at, this.bytes);
      const { bytesWritten } = await writing.catch((error: unknown) => {
        throw unwritable(this.#directory, error);
      });
      at += bytesWritten;
      this.bytes += bytesWritten;
    }
  }
}

function unwritable(directory: string, error: unknown): OutriderError {
  return new OutriderError("file_unwritable", `${directory}: ${(error as Error).message}`, { cause: error });
}
