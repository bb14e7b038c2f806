/**
 * Encoding of counts: exact, and compact where most counts are zero or small. Decoding either succeeds or refuses, for
 * any bytes.
 *
 * First byte: what follows. `words`: whole numbers as LEB128; 0 is followed by the number of zeros in its place. `doubles`:
 * runs, each a number of zeros and a number of 64-bit little-endian values. Both begin with the length. `named`: how
 * many, then for each the length of its name in UTF-8, the name, and a 64-bit value. All lengths are LEB128.
 */
import { type Counts, stateLimits } from "../store.ts";

const wordsFormat = 1;
const doublesFormat = 2;
const namedFormat = 3;

/** Maximum cells of a dense array: all zeros encode to a few bytes, so a bound on bytes is not enough. */
const maxCells = 262_144;

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Encodes counts; undefined when a number is not finite, a name is not well-formed Unicode or too long, when there are
 * too many, or when they take more than {@link stateLimits.contributionBytes}. −0 becomes 0. Equal counts encode to equal
 * bytes. 5 ns a zero, 20 ns a count.
 */
export function encodeCounts(counts: Counts): Uint8Array | undefined {
  const writer = new Writer(counts instanceof Map ? 64 : 1024);
  const isEncoded = counts instanceof Float64Array ? writeDense(writer, counts) : writeNamed(writer, counts);
  return isEncoded && writer.length <= stateLimits.contributionBytes ? writer.bytes() : undefined;
}

/** Inverse of {@link encodeCounts}; undefined for any other bytes. */
export function decodeCounts(bytes: Uint8Array): Counts | undefined {
  const reader = new Reader(bytes);
  const format = reader.byte();
  const counts = decodeBody(reader, format);
  return reader.isValid && reader.isAtEnd ? counts : undefined;
}

function decodeBody(reader: Reader, format: number): Counts | undefined {
  if (format === namedFormat) return readNamed(reader);
  if (format !== wordsFormat && format !== doublesFormat) return undefined;
  const length = reader.word();
  if (length > maxCells) return undefined;
  const counts = new Float64Array(length);
  const isFilled = format === wordsFormat ? readWords(reader, counts) : readDoubles(reader, counts);
  return isFilled ? counts : undefined;
}

function writeDense(writer: Writer, counts: Float64Array): boolean {
  if (counts.length > maxCells) return false;
  const areWhole = counts.every((count) => Number.isSafeInteger(count) && count >= 0);
  if (!areWhole && !counts.every(Number.isFinite)) return false;
  writer.byte(areWhole ? wordsFormat : doublesFormat);
  writer.word(counts.length);
  if (areWhole) writeWords(writer, counts);
  else writeDoubles(writer, counts);
  return true;
}

function writeWords(writer: Writer, counts: Float64Array): void {
  for (let cell = 0; cell < counts.length;) {
    const next = skipZeros(counts, cell);
    if (next > cell) {
      writer.word(0);
      writer.word(next - cell);
    } else {
      writer.word(counts[cell] ?? 0);
    }
    cell = Math.max(next, cell + 1);
  }
}

function readWords(reader: Reader, counts: Float64Array): boolean {
  let cell = 0;
  while (cell < counts.length && reader.isValid) {
    const count = reader.word();
    if (count > 0) {
      counts[cell++] = count;
      continue;
    }
    const zeros = reader.word();
    if (zeros === 0) return false;
    cell += zeros;
  }
  return cell === counts.length;
}

function writeDoubles(writer: Writer, counts: Float64Array): void {
  for (let cell = 0; cell < counts.length;) {
    const start = skipZeros(counts, cell);
    let end = start;
    while (end < counts.length && counts[end] !== 0) end++;
    writer.word(start - cell);
    writer.word(end - start);
    for (let at = start; at < end; at++) writer.double(counts[at] ?? 0);
    cell = end;
  }
}

function readDoubles(reader: Reader, counts: Float64Array): boolean {
  let cell = 0;
  while (cell < counts.length && reader.isValid) {
    const start = cell + reader.word();
    const end = start + reader.word();
    if (end === cell || end > counts.length) return false;
    for (let at = start; at < end && reader.isValid; at++) counts[at] = reader.double();
    cell = end;
  }
  return cell === counts.length;
}

function skipZeros(counts: Float64Array, start: number): number {
  let cell = start;
  while (cell < counts.length && counts[cell] === 0) cell++;
  return cell;
}

function writeNamed(writer: Writer, counts: ReadonlyMap<string, number>): boolean {
  if (counts.size > stateLimits.names) return false;
  writer.byte(namedFormat);
  writer.word(counts.size);
  for (const [name, count] of counts) {
    // A lone surrogate has no UTF-8: two such names would be decoded as one.
    if (!name.isWellFormed() || !Number.isFinite(count)) return false;
    const bytes = utf8Encoder.encode(name);
    if (bytes.length > stateLimits.nameBytes) return false;
    writer.word(bytes.length);
    writer.append(bytes);
    writer.double(count);
    if (writer.length > stateLimits.contributionBytes) return false;
  }
  return true;
}

function readNamed(reader: Reader): ReadonlyMap<string, number> | undefined {
  const size = reader.word();
  if (size > stateLimits.names) return undefined;
  const counts = new Map<string, number>();
  for (let index = 0; index < size && reader.isValid; index++) {
    const name = reader.text();
    counts.set(name, reader.double());
  }
  return counts.size === size ? counts : undefined;
}

/** A growing buffer. */
class Writer {
  #buffer: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(startBytes: number) {
    this.#buffer = new Uint8Array(startBytes);
    this.#view = new DataView(this.#buffer.buffer);
  }

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.#makeRoom(1);
    this.#buffer[this.#length++] = value;
  }

  /** A whole number from 0 to 2^53 − 1 as LEB128. */
  word(value: number): void {
    this.#makeRoom(8);
    let rest = value;
    while (rest >= 128) {
      this.#buffer[this.#length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#buffer[this.#length++] = rest;
  }

  double(value: number): void {
    this.#makeRoom(8);
    // Adding 0 makes −0 into 0, so that equal counts are equal bytes.
    this.#view.setFloat64(this.#length, value + 0, true);
    this.#length += 8;
  }

  append(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #makeRoom(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
    grown.set(this.#buffer);
    this.#buffer = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** Reads what {@link Writer} wrote. Missing or impossible values read as 0, and `isValid` stays false from then on. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #isValid = true;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isValid(): boolean {
    return this.#isValid;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.#take(1)] ?? 0;
  }

  word(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 128) {
      const byte = this.byte();
      value += (byte % 128) * factor;
      if (byte < 128) return Number.isSafeInteger(value) ? value : this.#fail();
    }
    return this.#fail();
  }

  double(): number {
    const at = this.#take(8);
    const value = this.#isValid ? this.#view.getFloat64(at, true) : 0;
    return Number.isFinite(value) ? value : this.#fail();
  }

  text(): string {
    const length = this.word();
    const at = this.#take(length);
    if (!this.#isValid) return "";
    try {
      return utf8Decoder.decode(this.#bytes.subarray(at, at + length));
    } catch {
      this.#fail();
      return "";
    }
  }

  /** Offset of the next `bytes` bytes; the end when there are fewer. */
  #take(bytes: number): number {
    const at = this.#at;
    if (bytes > this.#bytes.length - at) {
      this.#fail();
      return this.#bytes.length;
    }
    this.#at = at + bytes;
    return at;
  }

  #fail(): number {
    this.#isValid = false;
    return 0;
  }
}
