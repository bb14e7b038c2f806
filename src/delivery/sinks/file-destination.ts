/** Writes logged predictions to files, one line each. Starts a new file by size and age, and deletes the oldest. */
import { open, unlink, type FileHandle } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "../../clock.ts";
import type { DeliveryResult, Destination } from "../../prediction-log/destination.ts";
import type { LogEntry } from "../../prediction-log/log-entry.ts";
import { isWrittenName, listLogFiles, logFileName } from "./log-files.ts";
import { makeFolder } from "../make-folder.ts";

/** Options of {@link createFileDestination}. */
export interface FileDestinationOptions {
  /** Created when it is missing. Other processes may write there too. */
  readonly directory: string;
  /** A file of this size is followed by a new one. */
  readonly fileBytes: number;
  /** A file of this age is followed by a new one, milliseconds. */
  readonly fileAgeMs: number;
  /** Upper bound of all files in the folder. Before a new file is started, old ones are deleted to make room for it. */
  readonly directoryBytes: number;
  readonly clock: Clock;
}

/**
 * Creates the destination. A batch is one write; a write that fails is truncated, so that files hold whole lines and no
 * line twice. Only a killed process leaves a torn last line. A folder that is missing, full or read-only is a retry.
 */
export function createFileDestination(options: FileDestinationOptions): Destination {
  const files = new OpenFiles(options);
  return {
    name: "file",
    deliver: (batch) => files.write(batch),
    close: () => files.close(),
  };
}

/** The current file. */
interface OpenFile {
  readonly handle: FileHandle;
  readonly name: string;
  /** Monotonic milliseconds. */
  readonly openedMs: number;
  bytes: number;
}

const fileMode = 0o640;

class OpenFiles {
  readonly #options: FileDestinationOptions;
  /** Distinguishes the files of this process from those of others. */
  readonly #tag: string = Math.floor(Math.random() * 2 ** 32)
    .toString(16)
    .padStart(8, "0");
  #number = 0;
  #current: OpenFile | undefined;

  constructor(options: FileDestinationOptions) {
    this.#options = options;
  }

  async write(batch: readonly LogEntry[]): Promise<DeliveryResult> {
    try {
      const file = await this.#currentFile();
      await this.#append(file, Buffer.from(`${batch.map(({ line }) => line).join("\n")}\n`));
      return { kind: "done", refused: new Map() };
    } catch (error) {
      return this.#failure(error as NodeJS.ErrnoException);
    }
  }

  async close(): Promise<void> {
    const file = this.#current;
    this.#current = undefined;
    await file?.handle.close().catch(() => undefined);
  }

  async #currentFile(): Promise<OpenFile> {
    const { fileBytes, fileAgeMs, clock } = this.#options;
    const file = this.#current;
    if (file !== undefined) {
      const isOld = clock.monotonicMs() - file.openedMs >= fileAgeMs;
      // A write to a deleted file succeeds, but is lost; the handle of a file on a network mount that was down may stay
      // broken.
      const isDeleted = await file.handle.stat().then(
        ({ nlink }) => nlink === 0,
        () => true,
      );
      if (file.bytes < fileBytes && !isOld && !isDeleted) return file;
      await this.close();
    }
    return this.#startFile();
  }

  async #startFile(): Promise<OpenFile> {
    const { directory, clock } = this.#options;
    await makeFolder(directory);
    await this.#makeRoom();
    const name = logFileName(new Date(clock.wallMs()).toISOString(), this.#tag, this.#number++);
    const handle = await open(path.join(directory, name), "wx", fileMode);
    this.#current = { handle, name, openedMs: clock.monotonicMs(), bytes: 0 };
    return this.#current;
  }

  async #makeRoom(): Promise<void> {
    const { directory, directoryBytes, fileBytes } = this.#options;
    const files = (await listLogFiles(directory)).filter(({ name }) => isWrittenName(name));
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const file of files) {
      if (total <= directoryBytes - fileBytes) return;
      // Another process may have deleted it.
      await unlink(file.path).catch(() => undefined);
      total -= file.bytes;
    }
  }

  async #append(file: OpenFile, bytes: Buffer): Promise<void> {
    try {
      for (let written = 0; written < bytes.length;) {
        written += (await file.handle.write(bytes, written, bytes.length - written, file.bytes + written)).bytesWritten;
      }
      file.bytes += bytes.length;
    } catch (error) {
      // When it cannot be truncated, later entries go to a new file.
      await file.handle.truncate(file.bytes).catch(() => this.close());
      throw error;
    }
  }

  #failure({ code, message }: NodeJS.ErrnoException): DeliveryResult {
    const isFull = code === "ENOSPC" || code === "EDQUOT";
    const detail = `cannot write to the folder ${this.#options.directory}: ${code ?? message}`;
    return { kind: "retry", reason: isFull ? "disk_full" : "write_failed", detail };
  }
}
