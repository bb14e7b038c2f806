import { open, type FileHandle } from "node:fs/promises";

/** A longer line is no record: the configuration allows 16 MiB. */
const maxLineBytes = 32 * 2 ** 20;
const chunkBytes = 256 * 1024;
const lineFeed = 0x0a;

/** Where to read on in a file: after a whole line. */
export interface LinePosition {
  readonly offset: number;
  /** Lines before it. */
  readonly lines: number;
}

/**
 * The whole lines of a file from a position on, some at a time. What stands after the last line end is not given: it is
 * a line that was torn by a crash, or is being written. Holds a chunk, or the longest line.
 */
export class LineReader {
  readonly #handle: FileHandle;
  /** What is before it was there when the file was opened; a line that goes over it is read to its end. */
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

  /** After the lines that were given. */
  get position(): LinePosition {
    return this.#position;
  }

  /** Bytes read so far, from the start of the file. */
  get bytesRead(): number {
    return this.#readOffset;
  }

  /** The next lines; none at the end of the file. Of a line that is far too long only the beginning is given. */
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

  /** What stands after the last line end. Only at the end of the file. */
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

  /** Past the longest line nothing more of it is kept: what was kept is no whole JSON any more. */
  #keep(part: Buffer): void {
    this.#restBytes += part.length;
    if (part.length > 0 && this.#restBytes <= maxLineBytes) this.#rest.push(part);
  }
}

const empty = Buffer.alloc(0);

/** Opens a file; undefined when it is gone: the oldest files are deleted while others are read. */
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

/** What is known of a file without reading it all. */
export interface FirstLook {
  /** The beginning of its first line. */
  readonly start: string;
  /** When it was last written, milliseconds since the epoch. */
  readonly writtenAtMs: number;
}

/** Looks at the beginning of a file; undefined when it is gone. */
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
