/**
 * Writes log lines to a file descriptor without ever blocking requests, however slow, full or broken the descriptor is.
 *
 * `process.stderr` writes to pipes synchronously: a stalled log reader would stall every request. Here one write at a
 * time runs on the thread pool, the buffer is bounded, and lines that do not fit are dropped and counted.
 */
import { write as writeToFile } from "node:fs";

/** Accepts log lines. No method throws or blocks. */
export interface LineSink {
  /** Queues a line, with its line end, or drops it when the buffer is full. */
  write(line: string): void;
  /** Lines dropped since the start, because the buffer was full or writing failed. */
  readonly droppedTotal: number;
  /** Resolves when all queued lines are written or lost, at the latest after `limitMs`. */
  flush(limitMs: number): Promise<void>;
}

/** Options of {@link createLineSink}. */
export interface LineSinkOptions {
  readonly fileDescriptor: number;
  /** Maximum characters in the buffer; those being written are not included. */
  readonly maxBufferedCharacters: number;
}

/** Pause before a full descriptor (EAGAIN) is tried again. */
const retryMs = 20;

/** Makes a sink for a file descriptor, which stays open. */
export const createLineSink = (options: LineSinkOptions): LineSink => new DescriptorSink(options);

class DescriptorSink implements LineSink {
  readonly #options: LineSinkOptions;
  #buffer: string[] = [];
  #bufferedCharacters = 0;
  #linesInWrite = 0;
  #droppedTotal = 0;
  #whenIdle: (() => void)[] = [];

  constructor(options: LineSinkOptions) {
    this.#options = options;
  }

  get droppedTotal(): number {
    return this.#droppedTotal;
  }

  write(line: string): void {
    if (this.#bufferedCharacters + line.length > this.#options.maxBufferedCharacters) {
      this.#droppedTotal++;
      return;
    }
    this.#buffer.push(line);
    this.#bufferedCharacters += line.length;
    if (this.#linesInWrite === 0) this.#writeNext();
  }

  flush(limitMs: number): Promise<void> {
    if (this.#linesInWrite === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.#whenIdle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #writeNext(): void {
    this.#linesInWrite = this.#buffer.length;
    if (this.#linesInWrite === 0) {
      for (const resolve of this.#whenIdle.splice(0)) resolve();
      return;
    }
    const bytes = Buffer.from(this.#buffer.join(""));
    this.#buffer = [];
    this.#bufferedCharacters = 0;
    this.#writeRest(bytes);
  }

  #writeRest(bytes: Buffer): void {
    writeToFile(this.#options.fileDescriptor, bytes, (error, written) => {
      if (error === null && written < bytes.length) {
        this.#writeRest(bytes.subarray(written));
      } else if (error?.code === "EAGAIN" || error?.code === "EBUSY") {
        setTimeout(() => this.#writeRest(bytes), retryMs).unref();
      } else {
        // After EPIPE and similar errors these lines are lost. Later ones are tried: the reader may come back (a terminal).
        if (error !== null) this.#droppedTotal += this.#linesInWrite;
        this.#writeNext();
      }
    });
  }
}
