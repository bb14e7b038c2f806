/** Splits `multipart/form-data` into its parts (RFC 7578, in the syntax of RFC 2046, section 5.1.1). */
import { headerParameter } from "./header-parameter.ts";

/** One part of a `multipart/form-data` body. It keeps the body in memory. */
export interface FormPart {
  /** Empty when the part has no name. */
  readonly name: string;
  /** True when the part has a file name, even an empty one. */
  readonly isFile: boolean;
  /** Its Content-Type as it was sent; empty when it has none. */
  readonly contentType: string;
  /** A view over the body. */
  readonly bytes: Uint8Array;
}

/** The parts of a form that are kept, and how many more there were. */
export interface Form {
  readonly parts: readonly FormPart[];
  readonly droppedParts: number;
}

const maxBoundaryLength = 70;
/** Bytes of the header of one part. */
const maxPartHeaderLength = 8192;

/**
 * The first `maxParts` parts of a form. Undefined when the content type names no boundary or one of more than 70
 * characters, when the last boundary is missing, or when the header of a part does not end within 8 KiB. A form within
 * a form stays one part. Linear in the length of the body; never throws.
 */
export function readForm(body: Uint8Array, contentType: string, maxParts: number): Form | undefined {
  const boundary = headerParameter(contentType, "boundary");
  if (boundary === undefined || boundary === "" || boundary.length > maxBoundaryLength) return undefined;
  const parts: FormPart[] = [];
  let droppedParts = 0;
  let delimiter = findDelimiter(body, 0, boundary);
  while (delimiter !== undefined && !delimiter.isLast) {
    const next = findDelimiter(body, delimiter.end, boundary);
    const part = next && readPart(body.subarray(delimiter.end, next.start));
    if (part === undefined) return undefined;
    if (parts.length < maxParts) parts.push(part);
    else droppedParts++;
    delimiter = next;
  }
  return delimiter === undefined ? undefined : { parts, droppedParts };
}

/** A boundary in the body, with the line break before it and the one after it. */
interface Delimiter {
  readonly start: number;
  readonly end: number;
  readonly isLast: boolean;
}

const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
const DASH = 0x2d;

/** Finds the next delimiter at or after `from`. The first one of a body needs no line break before it. */
function findDelimiter(body: Uint8Array, from: number, boundary: string): Delimiter | undefined {
  if (from === 0 && isText(body, 0, `--${boundary}`)) {
    const found = delimiterAt(body, 0, boundary.length + 2);
    if (found !== undefined) return found;
  }
  const marker = `\r\n--${boundary}`;
  for (let at = body.indexOf(CARRIAGE_RETURN, from); at !== -1; at = body.indexOf(CARRIAGE_RETURN, at + 1)) {
    const found = isText(body, at, marker) ? delimiterAt(body, at, at + marker.length) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The delimiter whose boundary ends at `end`; undefined when it is only the beginning of a longer line. */
function delimiterAt(body: Uint8Array, start: number, end: number): Delimiter | undefined {
  if (body[end] === DASH && body[end + 1] === DASH) return { start, end: end + 2, isLast: true };
  let at = end;
  while (body[at] === 0x20 || body[at] === 0x09) at++;
  const isLine = body[at] === CARRIAGE_RETURN && body[at + 1] === LINE_FEED;
  return isLine ? { start, end: at + 2, isLast: false } : undefined;
}

function isText(body: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (body[at + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

const utf8 = new TextDecoder();

function readPart(part: Uint8Array): FormPart | undefined {
  const headerEnd = isText(part, 0, "\r\n") ? 0 : endOfHeader(part);
  if (headerEnd === -1) return undefined;
  const header = utf8.decode(part.subarray(0, headerEnd));
  const disposition = fieldOf(header, "content-disposition");
  return {
    name: headerParameter(disposition, "name") ?? "",
    isFile: (headerParameter(disposition, "filename") ?? headerParameter(disposition, "filename*")) !== undefined,
    contentType: fieldOf(header, "content-type"),
    bytes: part.subarray(headerEnd === 0 ? 2 : headerEnd + 4),
  };
}

/** Index of the empty line, or -1. */
function endOfHeader(part: Uint8Array): number {
  const header = part.subarray(0, maxPartHeaderLength);
  for (let at = header.indexOf(CARRIAGE_RETURN); at !== -1; at = header.indexOf(CARRIAGE_RETURN, at + 1)) {
    if (isText(header, at, "\r\n\r\n")) return at;
  }
  return -1;
}

function fieldOf(header: string, name: string): string {
  for (const line of header.split("\r\n")) {
    const colon = line.indexOf(":");
    if (line.slice(0, colon).trim().toLowerCase() === name) return line.slice(colon + 1).trim();
  }
  return "";
}
