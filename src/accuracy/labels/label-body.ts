/**
 * The body of `POST /labels`, item by item: a list, `{"labels": […]}`, one item, or JSON lines. Nothing is parsed as a
 * whole, so a long body can be processed in slices between requests, and a broken item does not spoil the others.
 */
import { readLabelItem, type LabelInput } from "./label-input.ts";

/** One item of a posted body: the labels that it holds, or why it was rejected. A wrong item does not stop the others. */
export type BodyItem =
  | { readonly kind: "labels"; readonly labels: readonly LabelInput[] }
  /** `at` is the place, for people: `item 3` (the first is 0), `line 7` (the first is 1), `body`. */
  | { readonly kind: "wrong"; readonly at: string; readonly reason: string };

/** Longest item, bytes: a list of labels for some thousand rows fits, further rows need another item with a `row` to begin at. */
export const maxItemBytes = 65_536;

const tooLong = `longer than ${maxItemBytes} bytes`;

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Gives the items in order, one for each step. A step reads at most {@link maxItemBytes} bytes, not counting
 * white space, so time and memory are bounded whatever the body nests. An item of a list that is longer ends the reading.
 * Anything after the end of a list is ignored. Never throws. `contentType` decides only the ambiguous case: a single
 * line is one item, unless the type names JSON lines.
 */
export function* labelBody(bytes: Uint8Array, contentType: string): Generator<BodyItem> {
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const start = skipSpace(bytes, isMarked ? 3 : 0);
  if (start === bytes.length) yield { kind: "wrong", at: "body", reason: "empty" };
  else if (isJsonLines(contentType)) yield* linesOf(bytes, start);
  else if (bytes[start] === OPEN_BRACKET) yield* elementsOf(bytes, start + 1);
  else yield* objectOrLines(bytes, start);
}

const isJsonLines = (contentType: string): boolean => /ndjson|jsonl|json-lines|jsonlines/i.test(contentType);

function* objectOrLines(bytes: Uint8Array, start: number): Generator<BodyItem> {
  const near = bytes.subarray(0, start + maxItemBytes);
  const list = findLabelList(near, start);
  if (list !== -1) {
    yield* elementsOf(bytes, list);
    return;
  }
  const end = endOfValue(near, start);
  const isAlone = end !== -1 && skipSpace(bytes, end) === bytes.length;
  if (isAlone || bytes.indexOf(LINE_FEED, start) === -1) yield readItem(bytes, start, bytes.length, "body");
  else yield* linesOf(bytes, start);
}

/** Index after the bracket of the list under the first object's own key `labels`, or -1. */
function findLabelList(bytes: Uint8Array, start: number): number {
  if (bytes[start] !== OPEN_BRACE) return -1;
  let at = skipSpace(bytes, start + 1);
  while (bytes[at] === QUOTE) {
    const keyEnd = endOfValue(bytes, at);
    if (keyEnd === -1) return -1;
    const colon = skipSpace(bytes, keyEnd);
    if (bytes[colon] !== COLON) return -1;
    const value = skipSpace(bytes, colon + 1);
    if (bytes[value] === OPEN_BRACKET && isLabelsKey(bytes, at, keyEnd)) return value + 1;
    const end = endOfValue(bytes, value);
    if (end === -1) return -1;
    const comma = skipSpace(bytes, end);
    at = bytes[comma] === COMMA ? skipSpace(bytes, comma + 1) : bytes.length;
  }
  return -1;
}

const labelsKey = new TextEncoder().encode('"labels"');

function isLabelsKey(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === labelsKey.length && labelsKey.every((byte, index) => bytes[start + index] === byte);
}

function* elementsOf(bytes: Uint8Array, start: number): Generator<BodyItem> {
  let at = skipSpace(bytes, start);
  for (let index = 0; bytes[at] !== CLOSE_BRACKET; index++) {
    const end = endOfValue(bytes.subarray(0, at + maxItemBytes), at);
    if (end === -1 || at >= bytes.length) {
      const isLong = bytes.length - at > maxItemBytes;
      yield { kind: "wrong", at: `item ${index}`, reason: isLong ? tooLong : "the body ends before the list does" };
      return;
    }
    yield readItem(bytes, at, end, `item ${index}`);
    at = skipSpace(bytes, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
    else if (bytes[at] !== CLOSE_BRACKET && at < bytes.length) {
      yield { kind: "wrong", at: `item ${index}`, reason: "a comma or the end of the list is expected after it" };
      return;
    }
  }
}

function* linesOf(bytes: Uint8Array, start: number): Generator<BodyItem> {
  let line = 1;
  let at = 0;
  for (;;) {
    for (; at < bytes.length && (at < start || isSpace(bytes[at])); at++) if (bytes[at] === LINE_FEED) line++;
    if (at === bytes.length) return;
    const feed = bytes.indexOf(LINE_FEED, at);
    const end = feed === -1 ? bytes.length : feed;
    yield readItem(bytes, at, end, `line ${line}`);
    at = end;
  }
}

function readItem(bytes: Uint8Array, start: number, end: number, at: string): BodyItem {
  if (end - start > maxItemBytes) return { kind: "wrong", at, reason: tooLong };
  const value = parse(bytes.subarray(start, end));
  if (value === undefined) return { kind: "wrong", at, reason: "not JSON" };
  const result = readLabelItem(value);
  return result.kind === "wrong" ? { ...result, at } : result;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Index after the value that begins at `start`, or -1 when the bytes end before it does. Only brackets, braces and
 * quotes are looked at; whether the value is JSON is for the parser to say. A number or a word ends before a comma, a
 * closing bracket or brace, or space.
 */
function endOfValue(bytes: Uint8Array, start: number): number {
  const first = bytes[start];
  if (first === QUOTE) return endOfString(bytes, start);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return endOfWord(bytes, start);
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const end = endOfString(bytes, at);
      if (end === -1) return -1;
      at = end - 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
    if (depth === 0) return at + 1;
  }
  return -1;
}

function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at + 1;
  }
  return -1;
}

function endOfWord(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && !isEnd(bytes[at])) at++;
  // Anything that is not a value, e.g. a stray comma, is a separate item, so that every step makes progress.
  return at === start ? at + 1 : at;
}

const isEnd = (byte: number | undefined): boolean =>
  byte === COMMA || byte === CLOSE_BRACKET || byte === CLOSE_BRACE || isSpace(byte);

function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isSpace(bytes[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === LINE_FEED || byte === 0x0d || byte === 0x09;
}
