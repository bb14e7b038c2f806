/**
 * Where log lines go: a file descriptor that may be slow, full or closed without serving noticing.
 *
 * `process.stderr` writes to pipes synchronously, so a log reader that stalls would stall every request. Here one write
 * at a time runs on the thread pool, what waits is bounded, and what finds no room is dropped and counted.
 */
import { write as writeToFile } from "node:fs";

/** Takes lines and never throws. */
export interface LineSink {
  /** Takes a line with its line end, or drops it. */
  write(line: string): void;
  /** Lines dropped since the start: no room, or the other side is gone. */
  readonly droppedTotal: number;
  /** Resolves when all lines taken so far are written or lost, at the latest after `limitMs`. */
  flush(limitMs: number): Promise<void>;
}

/** What a sink is told. */
export interface LineSinkOptions {
  readonly fileDescriptor: number;
  /** Most characters that may wait, beside those being written. */
  readonly maxWaiting: number;
}

/** Time after which a descriptor that was full (EAGAIN) is tried again. */
const retryMs = 20;

/** A sink that writes to a file descriptor. */
export const createLineSink = (options: LineSinkOptions): LineSink => new DescriptorSink(options);

class DescriptorSink implements LineSink {
  readonly #options: LineSinkOptions;
  #waiting: string[] = [];
  #waitingLength = 0;
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
    if (this.#waitingLength + line.length > this.#options.maxWaiting) {
      this.#droppedTotal++;
      return;
    }
    this.#waiting.push(line);
    this.#waitingLength += line.length;
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
    this.#linesInWrite = this.#waiting.length;
    if (this.#linesInWrite === 0) {
      for (const resolve of this.#whenIdle.splice(0)) resolve();
      return;
    }
    const bytes = Buffer.from(this.#waiting.join(""));
    this.#waiting = [];
    this.#waitingLength = 0;
    this.#writeRest(bytes);
  }

  #writeRest(bytes: Buffer): void {
    writeToFile(this.#options.fileDescriptor, bytes, (error, written) => {
      if (error === null && written < bytes.length) {
        this.#writeRest(bytes.subarray(written));
      } else if (error?.code === "EAGAIN" || error?.code === "EBUSY") {
        setTimeout(() => this.#writeRest(bytes), retryMs).unref();
      } else {
        // After EPIPE and the like these lines are lost; the next are tried, as the reader may come back (a terminal).
        if (error !== null) this.#droppedTotal += this.#linesInWrite;
        this.#writeNext();
      }
    });
  }
}
