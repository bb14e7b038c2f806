/**
 * The JSON parser used where `JSON.parse` is not enough: its tree says where in the text every value is and how it is
 * written. So a text can be changed in places, and numbers that `JSON.parse` refuses or rounds keep their digits.
 */

/** A value in a JSON text: `source.slice(start, end)`. */
export type JsonNode = JsonText | JsonNumber | JsonWord | JsonList | JsonDocument;

interface JsonSpan {
  readonly start: number;
  readonly end: number;
}

/** A string; `text` has its escapes decoded. */
export interface JsonText extends JsonSpan {
  readonly kind: "text";
  readonly text: string;
}

/** A number as it is written. */
export interface JsonNumber extends JsonSpan {
  readonly kind: "number";
  readonly literal: string;
}

/** `true`, `false`, `null`, and `NaN`, `Infinity` and `-Infinity`, which model servers write and take. */
export interface JsonWord extends JsonSpan {
  readonly kind: "word";
  readonly literal: string;
}

/** An array; the span includes its brackets. */
export interface JsonList extends JsonSpan {
  readonly kind: "list";
  readonly items: readonly JsonNode[];
}

/** An object, with all members of equal keys, in their order. */
export interface JsonDocument extends JsonSpan {
  readonly kind: "object";
  readonly members: readonly JsonMember[];
}

/** A member of an object; equal keys are separate members. */
export interface JsonMember {
  readonly key: JsonText;
  readonly value: JsonNode;
}

/**
 * The tree of a JSON text (RFC 8259, and the words above); undefined when it is something else, `too_deep` when it has
 * more than `maxDepth` containers within each other: it recurses that far. Texts in the tree are slices of `source` and
 * keep it in memory. Linear, about 4 ns a byte.
 */
export function parseJsonTree(source: string, maxDepth: number): JsonNode | "too_deep" | undefined {
  const cursor: Cursor = { source, at: 0, room: maxDepth, isTooDeep: false };
  const node = readValue(cursor);
  if (cursor.isTooDeep) return "too_deep";
  if (node === undefined) return undefined;
  skipSpace(cursor);
  return cursor.at < source.length ? undefined : node;
}

/** The values of an object under a key: as many as it has members with that key. */
export function valuesOf(node: JsonNode, key: string): readonly JsonNode[] {
  if (node.kind !== "object") return [];
  return node.members.filter((member) => member.key.text === key).map(({ value }) => value);
}

interface Cursor {
  readonly source: string;
  at: number;
  /** How many more containers may be opened within each other. */
  room: number;
  isTooDeep: boolean;
}

/** Each function below returns undefined when the text is not JSON; the cursor's position is then undefined. */
function readValue(cursor: Cursor): JsonNode | undefined {
  skipSpace(cursor);
  switch (cursor.source[cursor.at]) {
    case '"':
      return readText(cursor);
    case "[":
      return within(cursor, readList);
    case "{":
      return within(cursor, readObject);
    default:
      return readBare(cursor);
  }
}

function within(cursor: Cursor, read: (cursor: Cursor) => JsonNode | undefined): JsonNode | undefined {
  if (cursor.room === 0) {
    cursor.isTooDeep = true;
    return undefined;
  }
  cursor.room--;
  const node = read(cursor);
  cursor.room++;
  return node;
}

function readList(cursor: Cursor): JsonNode | undefined {
  const start = cursor.at++;
  const items: JsonNode[] = [];
  if (takes(cursor, "]")) return { kind: "list", start, end: cursor.at, items };
  do {
    const item = readValue(cursor);
    if (item === undefined) return undefined;
    items.push(item);
  } while (takes(cursor, ","));
  return takes(cursor, "]") ? { kind: "list", start, end: cursor.at, items } : undefined;
}

function readObject(cursor: Cursor): JsonNode | undefined {
  const start = cursor.at++;
  const members: JsonMember[] = [];
  if (takes(cursor, "}")) return { kind: "object", start, end: cursor.at, members };
  do {
    skipSpace(cursor);
    const key = cursor.source[cursor.at] === '"' ? readText(cursor) : undefined;
    if (key === undefined || !takes(cursor, ":")) return undefined;
    const value = readValue(cursor);
    if (value === undefined) return undefined;
    members.push({ key, value });
  } while (takes(cursor, ","));
  return takes(cursor, "}") ? { kind: "object", start, end: cursor.at, members } : undefined;
}

/** The characters that a string may hold without an escape. */
const plain = /[^"\\\u0000-\u001f]*/y;

function readText(cursor: Cursor): JsonText | undefined {
  const { source, at: start } = cursor;
  plain.lastIndex = start + 1;
  plain.test(source);
  if (source[plain.lastIndex] === '"') {
    cursor.at = plain.lastIndex + 1;
    return { kind: "text", start, end: cursor.at, text: source.slice(start + 1, cursor.at - 1) };
  }
  let end = plain.lastIndex;
  while (end < source.length && source[end] !== '"') end += source[end] === "\\" ? 2 : 1;
  cursor.at = end + 1;
  try {
    return { kind: "text", start, end: cursor.at, text: JSON.parse(source.slice(start, cursor.at)) as string };
  } catch {
    return undefined;
  }
}

const numeral = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /true|false|null|NaN|-?Infinity/y;

function readBare(cursor: Cursor): JsonNode | undefined {
  const { source, at: start } = cursor;
  for (const [kind, pattern] of bare) {
    pattern.lastIndex = start;
    if (!pattern.test(source)) continue;
    cursor.at = pattern.lastIndex;
    return { kind, start, end: cursor.at, literal: source.slice(start, cursor.at) };
  }
  return undefined;
}

const bare = [
  ["number", numeral],
  ["word", word],
] as const;

/** Skips the character, and space before it, if it comes next. */
function takes(cursor: Cursor, character: string): boolean {
  skipSpace(cursor);
  if (cursor.source[cursor.at] !== character) return false;
  cursor.at++;
  return true;
}

function skipSpace(cursor: Cursor): void {
  const { source } = cursor;
  let { at } = cursor;
  for (;;) {
    const code = source.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
    at++;
  }
  cursor.at = at;
}
