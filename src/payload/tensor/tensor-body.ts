/**
 * The two parts of a KServe v2 body: a JSON object and, in the binary tensor extension, raw tensors behind it. The
 * header with the length of the first part (`Inference-Header-Content-Length`) is not needed: the object's end shows it.
 */
import type { ReadResult } from "../body-content.ts";
import { isObject, type JsonObject, type JsonPass } from "../json/json-value.ts";
import { readJson } from "../json/read-json.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Hands the JSON object that a body begins with to `read`. Unread with the reason of {@link readJson}, or as `unknown_shape` when
 * the body begins with something else: then it may be a raw request, the elements of a single tensor and nothing more.
 */
export function readJsonPart<Value>(
  bytes: Uint8Array,
  maxDepth: number,
  read: (document: JsonObject, pass: JsonPass) => ReadResult<Value>,
): ReadResult<Value> {
  const readDocument = (part: Uint8Array): ReadResult<Value> =>
    readJson(part, maxDepth, (value, pass) =>
      isObject(value) ? read(value, pass) : { kind: "unread", reason: "unknown_shape" },
    );
  const start = startOfJson(bytes);
  if (start < bytes.length && bytes[start] !== OPEN_BRACE) return { kind: "unread", reason: "unknown_shape" };
  // Raw tensors seldom end like an object: a body that does is first taken as JSON alone, without looking for its end.
  if (lastOfJson(bytes) === CLOSE_BRACE) {
    const result = readDocument(bytes);
    if (result.kind === "read" || result.reason !== "not_json") return result;
  }
  const end = endOfObject(bytes);
  return readDocument(end === -1 ? bytes : bytes.subarray(0, end));
}

/**
 * The last `length` bytes of a body, which hold its raw tensors; undefined when anything but white space lies between
 * them and the JSON object. Linear.
 */
export function binaryPart(bytes: Uint8Array, length: number): Uint8Array | undefined {
  const start = bytes.length - length;
  const end = endOfObject(bytes);
  if (end === -1 || start < end) return undefined;
  for (let index = end; index < start; index++) {
    if (!isSpace(bytes[index])) return undefined;
  }
  return bytes.subarray(start);
}

function startOfJson(bytes: Uint8Array): number {
  let index = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (isSpace(bytes[index])) index++;
  return index;
}

/** The last byte that is not white space. */
function lastOfJson(bytes: Uint8Array): number | undefined {
  let index = bytes.length - 1;
  while (isSpace(bytes[index])) index--;
  return bytes[index];
}

/** Index after the object that the body begins with, or -1 when it does not end. */
function endOfObject(bytes: Uint8Array): number {
  let depth = 0;
  for (let index = startOfJson(bytes); index < bytes.length; index++) {
    const byte = bytes[index];
    if (byte === QUOTE) {
      index = closingQuote(bytes, index);
      if (index === -1) return -1;
    } else if (byte === OPEN_BRACE) depth++;
    else if (byte === CLOSE_BRACE) {
      depth--;
      if (depth === 0) return index + 1;
    }
  }
  return -1;
}

function closingQuote(bytes: Uint8Array, start: number): number {
  for (let index = start + 1; index < bytes.length; index++) {
    const byte = bytes[index];
    if (byte === QUOTE) return index;
    if (byte === BACKSLASH) index++;
  }
  return -1;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
