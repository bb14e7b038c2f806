/**
 * The parts of HTTP/1.1 that requests and responses share, read from complete bytes by the letter of RFC 9112. Written
 * for clarity and apart from the product's own grammar, so that the two can be compared.
 */

/** One header or trailer line: the name as it was sent, the value without the white space around it. */
export type Field = readonly [name: string, value: string];

/** What the bytes did wrong; thrown by the readers below and turned into a result by their callers. */
export class MalformedMessage extends Error {}

/** The bytes end before the message does. */
export class IncompleteMessage extends Error {}

/** A place in the bytes, moved on by the readers. */
export interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const valuePattern = /^[\t\x20-\x7e\x80-\xff]*$/;

/** True for RFC 9110's `token`. */
export function isToken(text: string): boolean {
  return tokenPattern.test(text);
}

/** One line up to CRLF. A CR or LF that stands alone is an error, not a line end. */
export function readLine(cursor: Cursor): string {
  const { bytes } = cursor;
  for (let i = cursor.at; i < bytes.length; i++) {
    if (bytes[i] === 0x0a) throw new MalformedMessage("bare LF");
    if (bytes[i] !== 0x0d) continue;
    if (i + 1 === bytes.length) throw new IncompleteMessage("ends in CR");
    if (bytes[i + 1] !== 0x0a) throw new MalformedMessage("bare CR");
    const line = bytes.toString("latin1", cursor.at, i);
    cursor.at = i + 2;
    return line;
  }
  throw new IncompleteMessage("line without end");
}

/** Header or trailer lines up to and with the empty line. */
export function readFields(cursor: Cursor): Field[] {
  const fields: Field[] = [];
  for (;;) {
    const line = readLine(cursor);
    if (line === "") return fields;
    const colon = line.indexOf(":");
    if (colon < 0) throw new MalformedMessage("header line without colon");
    const name = line.slice(0, colon);
    if (!isToken(name)) throw new MalformedMessage(`header name ${JSON.stringify(name)}`);
    const value = line.slice(colon + 1);
    if (!valuePattern.test(value)) throw new MalformedMessage(`header value ${JSON.stringify(value)}`);
    fields.push([name, trimBlanks(value)]);
  }
}

/** Without spaces and tabs around it; `trim` would take other characters as well. */
function trimBlanks(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}

/** All values of a field, in order; names compare without case. */
export function valuesOf(fields: readonly Field[], name: string): string[] {
  return fields.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

/** How a message says its body is cut. */
export type Framing =
  | { readonly kind: "absent" }
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "chunked" };

/** The framing that the head declares; two ways of saying it, or an unclear one, are errors. */
export function framingOf(fields: readonly Field[], version: string): Framing {
  const lengths = valuesOf(fields, "content-length");
  const codings = valuesOf(fields, "transfer-encoding");
  if (lengths.length > 0 && codings.length > 0) throw new MalformedMessage("Content-Length beside Transfer-Encoding");
  if (codings.length > 0) {
    if (version === "HTTP/1.0") throw new MalformedMessage("Transfer-Encoding in HTTP/1.0");
    if (codings.length > 1 || codings[0]?.toLowerCase() !== "chunked")
      throw new MalformedMessage(`transfer coding ${codings.join(", ")}`);
    return { kind: "chunked" };
  }
  if (lengths.length === 0) return { kind: "absent" };
  const digits = lengths.flatMap((value) => value.split(",").map(trimBlanks));
  if (!digits.every((part) => /^[0-9]+$/.test(part) && part === digits[0]))
    throw new MalformedMessage(`Content-Length ${lengths.join(", ")}`);
  const length = Number(digits[0]);
  if (!Number.isSafeInteger(length)) throw new MalformedMessage("Content-Length past 2^53-1");
  return { kind: "length", length };
}

/** Exactly `length` bytes. */
export function readExactly(cursor: Cursor, length: number): Buffer {
  if (cursor.bytes.length - cursor.at < length) throw new IncompleteMessage(`${length} body bytes announced`);
  const body = cursor.bytes.subarray(cursor.at, cursor.at + length);
  cursor.at += length;
  return body;
}

/** A body in chunks with the sizes it came in. */
export interface ChunkedBody {
  readonly body: Buffer;
  readonly chunkSizes: readonly number[];
  readonly trailers: readonly Field[];
}

/** A chunked body with its trailers. `onChunk` sees the pieces as they are read, also when the body then breaks off. */
export function readChunked(cursor: Cursor, onChunk?: (piece: Buffer) => void): ChunkedBody {
  const pieces: Buffer[] = [];
  for (;;) {
    const line = readLine(cursor);
    const size = /^([0-9A-Fa-f]{1,16})(?:;[\t\x20-\x7e\x80-\xff]*)?$/.exec(line)?.[1];
    if (size === undefined) throw new MalformedMessage(`chunk size ${JSON.stringify(line)}`);
    const length = Number.parseInt(size, 16);
    if (!Number.isSafeInteger(length)) throw new MalformedMessage("chunk size past 2^53-1");
    if (length === 0) break;
    const available = cursor.bytes.length - cursor.at;
    if (available < length) onChunk?.(cursor.bytes.subarray(cursor.at));
    const piece = readExactly(cursor, length);
    pieces.push(piece);
    onChunk?.(piece);
    if (readLine(cursor) !== "") throw new MalformedMessage("chunk longer than its size");
  }
  return { body: Buffer.concat(pieces), chunkSizes: pieces.map((piece) => piece.length), trailers: readFields(cursor) };
}
