/** The parser for JSON that `JSON.parse` refuses or rounds. About ten times slower. */
import type { JsonValue } from "./json-value.ts";

/** Integers with more characters become numbers: no identity is longer, and making long ones costs more than linear time. */
const maxIntegerDigits = 40;

/** Slices up to this length are copies; a longer one would keep the whole text in memory. */
const maxCopyLength = 12;

const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const spacePattern = /[ \t\r\n]*/y;
const plainString = /^[^\\\u0000-\u001f]*$/;

const words: readonly (readonly [string, JsonValue])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
];

/**
 * Parses JSON (RFC 8259) and the words `NaN`, `Infinity` and `-Infinity`; integers past 2^53 of at most 40 characters
 * become `bigint`. Of equal keys the last one counts; `__proto__` is a key like any other. Undefined when the text is
 * something else, `too_deep` when it has more than `maxDepth` containers within each other: it recurses that far. Linear
 * in the length of the text.
 */
export function parseExactly(text: string, maxDepth: number): { readonly value: JsonValue } | "too_deep" | undefined {
  const cursor: Cursor = { text, at: 0, room: maxDepth, isTooDeep: false };
  const value = readValue(cursor);
  skipSpace(cursor);
  if (cursor.isTooDeep) return "too_deep";
  return value === undefined || cursor.at < text.length ? undefined : { value };
}

interface Cursor {
  readonly text: string;
  at: number;
  /** How many more containers may be opened within each other. */
  room: number;
  isTooDeep: boolean;
}

/** Every function below gives undefined, and leaves the cursor anywhere, when the text is not what it should be. */
function readValue(cursor: Cursor): JsonValue | undefined {
  skipSpace(cursor);
  switch (cursor.text[cursor.at]) {
    case "[":
      return readContainer(cursor, readList);
    case "{":
      return readContainer(cursor, readObject);
    case '"':
      return readString(cursor);
    default:
      return readBare(cursor);
  }
}

function readContainer(cursor: Cursor, read: (cursor: Cursor) => JsonValue | undefined): JsonValue | undefined {
  if (cursor.room === 0) {
    cursor.isTooDeep = true;
    return undefined;
  }
  cursor.at++;
  cursor.room--;
  const value = read(cursor);
  cursor.room++;
  return value;
}

function readList(cursor: Cursor): JsonValue | undefined {
  const list: JsonValue[] = [];
  if (takes(cursor, "]")) return list;
  do {
    const value = readValue(cursor);
    if (value === undefined) return undefined;
    list.push(value);
  } while (takes(cursor, ","));
  return takes(cursor, "]") ? list : undefined;
}

function readObject(cursor: Cursor): JsonValue | undefined {
  const object: Record<string, JsonValue> = {};
  if (takes(cursor, "}")) return object;
  do {
    skipSpace(cursor);
    const key = cursor.text[cursor.at] === '"' ? readString(cursor) : undefined;
    if (key === undefined || !takes(cursor, ":")) return undefined;
    const value = readValue(cursor);
    if (value === undefined) return undefined;
    addMember(object, key, value);
  } while (takes(cursor, ","));
  return takes(cursor, "}") ? object : undefined;
}

function addMember(object: Record<string, JsonValue>, key: string, value: JsonValue): void {
  // Assigning to __proto__ would change what the object inherits from.
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function readString(cursor: Cursor): string | undefined {
  const { text, at } = cursor;
  const end = endOfString(text, at);
  if (end === -1) return undefined;
  cursor.at = end;
  const inside = text.slice(at + 1, end - 1);
  if (inside.length <= maxCopyLength && plainString.test(inside)) return inside;
  try {
    return JSON.parse(text.slice(at, end)) as string;
  } catch {
    return undefined;
  }
}

/** Index after the closing quote, or -1. */
function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote !== -1) {
    let before = quote;
    while (text[before - 1] === "\\") before--;
    if ((quote - before) % 2 === 0) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
  return -1;
}

function readBare(cursor: Cursor): JsonValue | undefined {
  for (const [word, value] of words) {
    if (!cursor.text.startsWith(word, cursor.at)) continue;
    cursor.at += word.length;
    return value;
  }
  return readNumber(cursor);
}

function readNumber(cursor: Cursor): JsonValue | undefined {
  numberPattern.lastIndex = cursor.at;
  const found = numberPattern.exec(cursor.text);
  if (found === null) return undefined;
  const [literal, fraction, exponent] = found;
  cursor.at += literal.length;
  const value = Number(literal);
  const isExact = fraction !== undefined || exponent !== undefined || Number.isSafeInteger(value);
  return isExact || literal.length > maxIntegerDigits ? value : BigInt(literal);
}

/** Skips the character, and space before it, if it comes next. */
function takes(cursor: Cursor, character: string): boolean {
  skipSpace(cursor);
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at++;
  return true;
}

function skipSpace(cursor: Cursor): void {
  spacePattern.lastIndex = cursor.at;
  spacePattern.test(cursor.text);
  cursor.at = spacePattern.lastIndex;
}
