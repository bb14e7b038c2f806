import { stat } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

import { OutriderError } from "../../errors/outrider-error.ts";
import { listLogFiles, type LogFile } from "../../delivery/sinks/log-files.ts";
import { parseRecord, timeOfLine } from "../../prediction-log/parse-record.ts";
import { lookAt, openLines, type LinePosition, type LineReader } from "./lines.ts";
import { mergedLines, type WaitingFile } from "./merge.ts";
import type { RecordNotes } from "./notes.ts";
import { caughtUp, isInSpan, wantedRecord, type LoggedRecord, type RecordFilter, type RecordSource } from "./source.ts";

/** Options of {@link FileSource}. */
export interface FileSourceOptions {
  readonly directory: string;
  readonly notes: RecordNotes;
  /** Interval at which follow looks for new lines, in milliseconds. Default 250. */
  readonly pollMs?: number;
}

/** Tolerance for the clock of a file server: a file last written this long before a time has no record after it. */
const clockSlackMs = 60_000;

/** The log in the files of a folder. Several processes may be writing to it. */
export class FileSource implements RecordSource {
  readonly name: string;
  readonly #options: FileSourceOptions;
  readonly #open: Set<LineReader> = new Set();
  #doneBytes = 0;
  #totalBytes = 0;

  constructor(options: FileSourceOptions) {
    this.name = options.directory;
    this.#options = options;
  }

  progress(): { readonly done: number; readonly total: number } {
    let done = this.#doneBytes;
    for (const reader of this.#open) done += reader.bytesRead;
    return { done, total: this.#totalBytes };
  }

  async *records(filter: RecordFilter): AsyncGenerator<LoggedRecord> {
    const files = await this.#list();
    const waiting = await this.#dueFiles(files, filter, (file, firstTime) => ({
      name: file.name,
      firstTime,
      open: () => this.#opened(file.path),
      isLine: (tail) => this.#isWholeRecord(tail),
      onEnd: (reader) => this.#ended(reader),
    }));
    yield* this.#wanted(waiting, filter);
  }

  async *follow(filter: RecordFilter, signal: AbortSignal): AsyncGenerator<LoggedRecord | typeof caughtUp> {
    const positions = new Map<string, LinePosition>();
    const followed = (file: LogFile, firstTime: string): WaitingFile => ({
      name: file.name,
      firstTime,
      open: () => this.#opened(file.path, positions.get(file.path)),
      // It may be half written.
      isLine: () => false,
      onEnd: (reader) => {
        positions.set(file.path, reader.position);
        this.#ended(reader);
      },
    });
    let files = await this.#list();
    yield* this.#wanted(await this.#dueFiles(files, filter, followed), filter);
    // Files that were skipped are old: only lines added from now on count.
    for (const { path, bytes } of files) {
      if (!positions.has(path)) positions.set(path, { offset: bytes, lines: 0 });
    }
    yield caughtUp;
    while (await passed(this.#options.pollMs ?? 250, signal)) {
      files = await this.#list();
      forgetOthers(positions, files);
      const grown = files.filter(({ path, bytes }) => bytes > (positions.get(path)?.offset ?? 0));
      yield* this.#wanted(
        grown.map((file) => followed(file, "")),
        filter,
      );
    }
  }

  async close(): Promise<void> {
    for (const reader of this.#open) await reader.close();
    this.#open.clear();
  }

  async *#wanted(waiting: readonly WaitingFile[], filter: RecordFilter): AsyncGenerator<LoggedRecord> {
    for await (const line of mergedLines(waiting)) {
      if (line.time !== "" && !isInSpan(line.time, filter)) continue;
      const record = wantedRecord(line, filter, this.#options.notes);
      if (record !== undefined) yield record;
    }
  }

  async #list(): Promise<readonly LogFile[]> {
    const { directory } = this.#options;
    try {
      if (!(await stat(directory)).isDirectory()) throw new Error("it is not a folder");
      return await listLogFiles(directory);
    } catch (error) {
      const isAbsent = (error as NodeJS.ErrnoException).code === "ENOENT";
      const problem = isAbsent
        ? "the folder does not exist: does the sidecar write its prediction log here?"
        : (error as Error).message;
      throw new OutriderError("file_unreadable", `${directory}: ${problem}`, { cause: error });
    }
  }

  /** The files that can have records in the time span of the filter. */
  async #dueFiles(
    files: readonly LogFile[],
    { since, until }: RecordFilter,
    waitingOf: (file: LogFile, firstTime: string) => WaitingFile,
  ): Promise<readonly WaitingFile[]> {
    const sinceMs = since === "" ? -Infinity : Date.parse(since) - clockSlackMs;
    const due: WaitingFile[] = [];
    for (const file of files) {
      const look = await lookAt(file.path);
      if (look === undefined || look.writtenAtMs < sinceMs) continue;
      const firstTime = timeOfLine(look.start) ?? "";
      if (until !== "" && firstTime >= until) continue;
      this.#totalBytes += file.bytes;
      due.push(waitingOf(file, firstTime));
    }
    return due;
  }

  async #opened(path: string, position?: LinePosition): Promise<LineReader | undefined> {
    const reader = await openLines(path, position);
    if (reader !== undefined) this.#open.add(reader);
    return reader;
  }

  #ended(reader: LineReader): void {
    this.#open.delete(reader);
    this.#doneBytes += reader.bytesRead;
  }

  #isWholeRecord(tail: string): boolean {
    const isWhole = parseRecord(tail).kind === "record";
    if (!isWhole) this.#options.notes.torn();
    return isWhole;
  }
}

/** Waits; false when the signal aborted the wait. */
async function passed(ms: number, signal: AbortSignal): Promise<boolean> {
  return delay(ms, true, { signal }).catch(() => false);
}

function forgetOthers(positions: Map<string, LinePosition>, files: readonly LogFile[]): void {
  const there = new Set(files.map(({ path }) => path));
  for (const path of positions.keys()) if (!there.has(path)) positions.delete(path);
}
