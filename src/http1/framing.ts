/** How long a body is (RFC 9112 §6): decided once from the head, refused whenever two readers could differ. */
import { COMMA, equalsIgnoreCase, isBlank } from "./bytes.ts";
import { Field, fieldBits } from "./field.ts";
import type { Fault } from "./fault.ts";
import { readDecimal } from "./field-value.ts";
import type { HeaderSection } from "./header-section.ts";

/** How a body ends: at once, after `length` bytes, with its last chunk, or when the connection closes. */
export interface BodyFraming {
  readonly kind: "none" | "length" | "chunked" | "close";
  /** Bytes, for `length`; else 0. */
  readonly length: number;
}

/** A message without a body: HEAD, 204 and similar responses, and requests without a length. */
export const noBody: BodyFraming = { kind: "none", length: 0 };
/** The framing of every body in chunked coding, shared: its length is not known in advance. */
export const chunkedBody: BodyFraming = { kind: "chunked", length: 0 };
/** The framing of every response body that ends with its connection, shared. */
const closeDelimitedBody: BodyFraming = { kind: "close", length: 0 };

/** The framing of a request, or what is wrong with it. A request without length has no body. */
export function requestFraming(
  bytes: Uint8Array,
  base: number,
  headers: HeaderSection,
  minor: number,
): BodyFraming | Fault {
  if ((headers.seen & lengthFields) === 0) return noBody;
  return messageFraming(bytes, base, headers, minor) ?? noBody;
}

/**
 * The framing of a response, or what is wrong with it. `hasNoBody` is true for answers to HEAD, 1xx, 204 and 304;
 * their length headers are still checked, since a reader behind the relay may use them.
 */
export function responseFraming(
  bytes: Uint8Array,
  base: number,
  headers: HeaderSection,
  context: { readonly minor: number; readonly hasNoBody: boolean },
): BodyFraming | Fault {
  const framing = messageFraming(bytes, base, headers, context.minor);
  if (typeof framing === "string") return framing;
  return context.hasNoBody ? noBody : (framing ?? closeDelimitedBody);
}

const lengthFields = fieldBits([Field.contentLength, Field.transferEncoding]);

function messageFraming(
  bytes: Uint8Array,
  base: number,
  headers: HeaderSection,
  minor: number,
): BodyFraming | Fault | undefined {
  let length = -1;
  let digits = 0;
  let codings = -1;
  for (let i = 0; i < headers.count; i++) {
    const field = headers.field[i];
    if (field === Field.contentLength) {
      const value = readContentLength(bytes, base + headers.valueStart[i]!, base + headers.valueEnd[i]!);
      if (typeof value === "string") return value;
      if (length !== -1 && (value !== length || digitsRead !== digits)) return "content_length_conflict";
      length = value;
      digits = digitsRead;
    } else if (field === Field.transferEncoding) {
      if (codings !== -1) return "transfer_encoding_malformed";
      codings = i;
    }
  }
  if (codings === -1) return length === -1 ? undefined : lengthFraming(length);
  if (length !== -1) return "framing_conflict";
  return codedFraming(bytes, base + headers.valueStart[codings]!, base + headers.valueEnd[codings]!, minor);
}

function codedFraming(bytes: Uint8Array, start: number, end: number, minor: number): BodyFraming | Fault {
  if (minor === 0) return "transfer_encoding_malformed";
  const fault = checkCodings(bytes, start, end);
  return fault === "" ? chunkedBody : fault;
}

const lengthFraming = (length: number): BodyFraming => (length === 0 ? noLength : { kind: "length", length });

const noLength: BodyFraming = { kind: "length", length: 0 };

/** How many digits the length that was read last has. */
let digitsRead = 0;

/** One length, or a list of equal ones (RFC 9110 §8.6): equal digits, not merely equal numbers. */
function readContentLength(bytes: Uint8Array, start: number, end: number): number | Fault {
  const whole = readMember(bytes, start, end);
  if (whole !== -1) return whole;
  let first = -1;
  let digits = 0;
  for (let at = start; at <= end;) {
    let stop = at;
    while (stop < end && bytes[stop] !== COMMA) stop++;
    const value = readMember(bytes, at, stop);
    if (value === -1) return "content_length_malformed";
    if (first !== -1 && (value !== first || digitsRead !== digits)) return "content_length_conflict";
    first = value;
    digits = digitsRead;
    at = stop + 1;
  }
  return first;
}

/** One member of a list as a number, or −1; sets {@link digitsRead}. */
function readMember(bytes: Uint8Array, start: number, end: number): number {
  let from = start;
  let to = end;
  while (from < to && isBlank(bytes[from])) from++;
  while (to > from && isBlank(bytes[to - 1])) to--;
  digitsRead = to - from;
  return readDecimal(bytes, from, to);
}

const knownCodings = ["gzip", "x-gzip", "deflate", "compress", "x-compress", "identity", "chunked"] as const;

/** Only a single `chunked` is taken; what else the value holds decides which error it is. */
function checkCodings(bytes: Uint8Array, start: number, end: number): Fault | "" {
  if (equalsIgnoreCase(bytes, start, end, "chunked")) return "";
  let last = start;
  for (let i = start; i < end; i++) if (bytes[i] === COMMA) last = i + 1;
  while (last < end && isBlank(bytes[last])) last++;
  if (last === end) return "transfer_encoding_malformed";
  if (equalsIgnoreCase(bytes, last, end, "chunked")) return chunkedBehind(bytes, start, end);
  // RFC 9112 §6.1: an unknown coding is 501; a known one that leaves the length open is 400 (§6.3).
  const isKnown = knownCodings.some((coding) => equalsIgnoreCase(bytes, last, end, coding));
  return isKnown ? "transfer_encoding_malformed" : "transfer_encoding_unsupported";
}

/** What is wrong with `chunked` behind another coding: an empty one or itself is malformed, any other not understood. */
function chunkedBehind(bytes: Uint8Array, start: number, end: number): Fault {
  let first = start;
  while (first < end && bytes[first] !== COMMA) first++;
  const isMalformed = first === start || equalsIgnoreCase(bytes, start, first, "chunked");
  return isMalformed ? "transfer_encoding_malformed" : "transfer_encoding_unsupported";
}
