/** Writes logged predictions to files: a line each, a new file when one is large or old, the oldest deleted. */
import { open, unlink, type FileHandle } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "../../clock.ts";
import type { DeliveryResult, Destination } from "../../prediction-log/destination.ts";
import type { LogEntry } from "../../prediction-log/log-entry.ts";
import { isWrittenName, listLogFiles, logFileName } from "./log-files.ts";
import { makeFolder } from "../make-folder.ts";

/** What it is made with. */
export interface FileDestinationOptions {
  /** Made when it is not there; other processes may write there too. */
  readonly directory: string;
  /** A file that has reached this is followed by a new one. */
  readonly fileBytes: number;
  /** A file that is this old is followed by a new one, milliseconds. */
  readonly fileAgeMs: number;
  /** All files of the folder: room for a whole new one is made before it is begun. */
  readonly directoryBytes: number;
  readonly clock: Clock;
}

/**
 * Makes the destination. A batch is one write; when that fails, what there is of it is taken back, so that a file has
 * whole lines and none twice. Only a process that is killed leaves a torn last line. A folder that is not there, full or
 * read-only is a retry, and works again when it is fine.
 */
export function createFileDestination(options: FileDestinationOptions): Destination {
  const files = new OpenFiles(options);
  return {
    name: "file",
    deliver: (batch) => files.write(batch),
    close: () => files.close(),
  };
}

/** The file that is written now. */
interface OpenFile {
  readonly handle: FileHandle;
  readonly name: string;
  /** Monotonic time. */
  readonly openedMs: number;
  bytes: number;
}

const fileMode = 0o640;

class OpenFiles {
  readonly #options: FileDestinationOptions;
  /** Tells its files from those of other processes. */
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
      const file = await this.#fileForMore();
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

  async #fileForMore(): Promise<OpenFile> {
    const { fileBytes, fileAgeMs, clock } = this.#options;
    const file = this.#current;
    if (file !== undefined) {
      const isOld = clock.monotonicMs() - file.openedMs >= fileAgeMs;
      // A file that somebody has deleted can be written to, and nobody will ever read it; one on a file server that was
      // away may be lost for good.
      const isDeleted = await file.handle.stat().then(
        ({ nlink }) => nlink === 0,
        () => true,
      );
      if (file.bytes < fileBytes && !isOld && !isDeleted) return file;
      await this.close();
    }
    return this.#begin();
  }

  async #begin(): Promise<OpenFile> {
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
      // Another process may have been quicker.
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
      // What cannot be taken back is left behind with a file that nothing is added to.
      await file.handle.truncate(file.bytes).catch(() => this.close());
      throw error;
    }
  }

  #failure({ code, message }: NodeJS.ErrnoException): DeliveryResult {
    const isFull = code === "ENOSPC" || code === "EDQUOT";
    const detail = `the folder ${this.#options.directory} cannot be written: ${code ?? message}`;
    return { kind: "retry", reason: isFull ? "disk_full" : "write_failed", detail };
  }
}
