/** Merges the files of several processes in order of time. */
import { timeOfLine } from "../../prediction-log/parse-record.ts";
import type { LineReader } from "./lines.ts";
import type { PlacedLine } from "./source.ts";

/** A file to merge, opened when its first record is due. */
export interface WaitingFile {
  readonly name: string;
  /** Time of its first record; empty when unknown, and then it is opened at once. */
  readonly firstTime: string;
  /** `undefined` when it no longer exists. */
  open(): Promise<LineReader | undefined>;
  /** Called with the text after the last line end, if any: true when it counts as a line. */
  isLine(tail: string): boolean;
  /** Called at the end of the file. */
  onEnd(reader: LineReader): void;
}

/** A line with its time; empty when the line has none. */
export interface TimedLine extends PlacedLine {
  readonly time: string;
}

/**
 * The lines of all files, merged by time. The order within a file is kept. A file is opened when its first record is due,
 * so only as many files are open as processes wrote at the same time.
 */
export async function* mergedLines(files: readonly WaitingFile[]): AsyncGenerator<TimedLine> {
  const waiting = files.toSorted((left, right) => compareTexts(left.firstTime, right.firstTime));
  const open: OpenFile[] = [];
  try {
    for (;;) {
      const earliest = earliestOf(open);
      const next = waiting[0];
      if (next !== undefined && (earliest === undefined || next.firstTime <= earliest.time)) {
        waiting.shift();
        await openInto(open, next);
      } else if (earliest === undefined) {
        return;
      } else {
        yield earliest.line();
        await goOn(earliest, open);
      }
    }
  } finally {
    for (const file of open) await file.close();
  }
}

const compareTexts = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

function earliestOf(open: readonly OpenFile[]): OpenFile | undefined {
  let earliest = open[0];
  for (const file of open) if (file.time < (earliest?.time ?? "")) earliest = file;
  return earliest;
}

async function openInto(open: OpenFile[], file: WaitingFile): Promise<void> {
  const opened = await OpenFile.of(file);
  if (opened !== undefined) open.push(opened);
}

function goOn(file: OpenFile, open: OpenFile[]): void | Promise<void> {
  return file.advance() ? undefined : readOnOrRemove(file, open);
}

async function readOnOrRemove(file: OpenFile, open: OpenFile[]): Promise<void> {
  if (await file.fill()) return;
  open.splice(open.indexOf(file), 1);
  await file.end();
}

/** A file at one of its lines. */
class OpenFile {
  readonly #file: WaitingFile;
  readonly #reader: LineReader;
  #lines: readonly string[] = [];
  #index = 0;
  /** Number of the first of `#lines` in the file. */
  #firstNumber = 1;
  #isTailTaken = false;
  /** Time of the current line. */
  time = "";

  private constructor(file: WaitingFile, reader: LineReader) {
    this.#file = file;
    this.#reader = reader;
  }

  /** `undefined` when the file no longer exists or has no line. */
  static async of(file: WaitingFile): Promise<OpenFile | undefined> {
    const reader = await file.open();
    if (reader === undefined) return undefined;
    const opened = new OpenFile(file, reader);
    if (await opened.fill()) return opened;
    await opened.end();
    return undefined;
  }

  /** Reads the next lines; false at the end. */
  async fill(): Promise<boolean> {
    for (;;) {
      this.#firstNumber = this.#reader.position.lines + 1;
      this.#lines = await this.#nextLines();
      this.#index = -1;
      if (this.#lines.length === 0) return false;
      if (this.advance()) return true;
    }
  }

  async #nextLines(): Promise<readonly string[]> {
    const lines = await this.#reader.next();
    if (lines.length > 0 || this.#isTailTaken) return lines;
    this.#isTailTaken = true;
    const tail = this.#reader.tail();
    return tail.trim() !== "" && this.#file.isLine(tail) ? [tail] : [];
  }

  /** Moves to the next line read, skipping blank ones; false when there is none. */
  advance(): boolean {
    for (this.#index++; this.#index < this.#lines.length; this.#index++) {
      const line = this.#lines[this.#index] ?? "";
      if (line.trim() === "") continue;
      this.time = timeOfLine(line) ?? "";
      return true;
    }
    return false;
  }

  line(): TimedLine {
    const number = this.#firstNumber + this.#index;
    return { line: this.#lines[this.#index] ?? "", place: `${this.#file.name}:${number}`, time: this.time };
  }

  async end(): Promise<void> {
    this.#file.onEnd(this.#reader);
    await this.close();
  }

  async close(): Promise<void> {
    await this.#reader.close();
  }
}
