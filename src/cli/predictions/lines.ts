import { open, type FileHandle } from "node:fs/promises";

/** A longer line is not a record: the configuration allows 16 MiB. */
const maxLineBytes = 32 * 2 ** 20;
const chunkBytes = 256 * 1024;
const lineFeed = 0x0a;

/** Where to continue in a file: after a whole line. */
export interface LinePosition {
  readonly offset: number;
  /** Lines before it. */
  readonly lines: number;
}

/**
 * Reads whole lines from a position on, some at a time. What follows the last line end is not returned: it is a line cut
 * off by a crash, or being written. Memory: a chunk of 256 KiB, or the longest line.
 */
export class LineReader {
  readonly #handle: FileHandle;
  /** Size of the file when it was opened. A line that crosses it is read to its end. */
  readonly #limit: number;
  #readOffset: number;
  #position: LinePosition;
  #rest: Buffer[] = [];
  #restBytes = 0;
  #isAtEnd = false;

  constructor(handle: FileHandle, position: LinePosition, limit: number) {
    this.#handle = handle;
    this.#limit = limit;
    this.#position = position;
    this.#readOffset = position.offset;
  }

  /** Position after the lines returned so far. */
  get position(): LinePosition {
    return this.#position;
  }

  /** Bytes read so far, from the start of the file. */
  get bytesRead(): number {
    return this.#readOffset;
  }

  /** The next lines; empty at the end of the file. A line over 32 MiB is cut, so that it fails to parse. */
  async next(): Promise<readonly string[]> {
    while (!this.#isAtEnd) {
      const wanted = this.#readOffset < this.#limit || this.#restBytes > 0;
      const chunk = wanted ? await this.#read() : empty;
      if (chunk.length === 0) {
        this.#isAtEnd = true;
        break;
      }
      const end = chunk.lastIndexOf(lineFeed);
      if (end !== -1) return this.#linesUpTo(chunk, end);
      this.#keep(chunk);
    }
    return [];
  }

  /** The text after the last line end. Call it only at the end of the file. */
  tail(): string {
    return Buffer.concat(this.#rest).toString();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #read(): Promise<Buffer> {
    const { buffer, bytesRead } = await this.#handle.read(
      Buffer.allocUnsafe(chunkBytes),
      0,
      chunkBytes,
      this.#readOffset,
    );
    this.#readOffset += bytesRead;
    return buffer.subarray(0, bytesRead);
  }

  #linesUpTo(chunk: Buffer, end: number): readonly string[] {
    const text = Buffer.concat([...this.#rest, chunk.subarray(0, end)]).toString();
    const lines = text.split("\n");
    this.#rest = [];
    this.#restBytes = 0;
    this.#keep(chunk.subarray(end + 1));
    const offset = this.#readOffset - (chunk.length - end - 1);
    this.#position = { offset, lines: this.#position.lines + lines.length };
    return lines;
  }

  /** Beyond the maximum the rest of a line is dropped: what remains is not valid JSON. */
  #keep(part: Buffer): void {
    this.#restBytes += part.length;
    if (part.length > 0 && this.#restBytes <= maxLineBytes) this.#rest.push(part);
  }
}

const empty = Buffer.alloc(0);

/** Opens a file; `undefined` when it no longer exists: the oldest files are deleted while others are read. */
export async function openLines(
  path: string,
  position: LinePosition = { offset: 0, lines: 0 },
): Promise<LineReader | undefined> {
  const handle = await openUnlessGone(path);
  if (handle === undefined) return undefined;
  try {
    return new LineReader(handle, position, (await handle.stat()).size);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The beginning of a file, and when it was written. */
export interface FirstLook {
  /** The beginning of its first line. */
  readonly start: string;
  /** When it was last written, milliseconds since the epoch. */
  readonly writtenAtMs: number;
}

/** Reads the beginning of a file; `undefined` when it no longer exists. */
export async function lookAt(path: string): Promise<FirstLook | undefined> {
  const handle = await openUnlessGone(path);
  if (handle === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(128), 0, 128, 0);
    return { start: buffer.toString("utf8", 0, bytesRead), writtenAtMs: (await handle.stat()).mtimeMs };
  } finally {
    await handle.close();
  }
}

async function openUnlessGone(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
