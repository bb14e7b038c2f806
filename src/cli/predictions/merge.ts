/** Joins the files of several processes into one sequence in the order of time. */
import { timeOfLine } from "../../prediction-log/parse-record.ts";
import type { LineReader } from "./lines.ts";
import type { PlacedLine } from "./source.ts";

/** A file that is not open yet. */
export interface WaitingFile {
  readonly name: string;
  /** The time of its first record; empty when it is not known, then it is opened at once. */
  readonly firstTime: string;
  /** Gives undefined when it is gone. */
  open(): Promise<LineReader | undefined>;
  /** Asked with what stands after the last line end, if anything does: true when it is a line all the same. */
  isLine(tail: string): boolean;
  /** Called when all was read. */
  onEnd(reader: LineReader): void;
}

/** A line with the time by which it was sorted in; empty for a line that shows none. */
export interface TimedLine extends PlacedLine {
  readonly time: string;
}

/**
 * The lines of all files. Within a file they stay in their order; between files the earlier time goes first. A file is
 * opened when its first record is due, so as many are open as there are processes that wrote at the same time.
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
  /** Of the line at hand. */
  time = "";

  private constructor(file: WaitingFile, reader: LineReader) {
    this.#file = file;
    this.#reader = reader;
  }

  /** Undefined when the file is gone or has no line. */
  static async of(file: WaitingFile): Promise<OpenFile | undefined> {
    const reader = await file.open();
    if (reader === undefined) return undefined;
    const opened = new OpenFile(file, reader);
    if (await opened.fill()) return opened;
    await opened.end();
    return undefined;
  }

  /** Reads on; false at the end. */
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

  /** Goes to the next line of those read; false when there is none. Blank lines are nothing. */
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
