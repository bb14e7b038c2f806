/**
 * JSON bodies as values: `JSON.parse` where it will do, and an exact parser of our own for what JSON.parse refuses or
 * rounds (bare `NaN` and `Infinity`, which TensorFlow Serving and Python write; 64-bit integers).
 */
import type { ReadResult } from "../body-content.ts";
import { parseExactly } from "./exact-json.ts";
import { isList, type JsonPass, type JsonValue } from "./json-value.ts";

/** Deeper nesting is refused whatever the configured depth: what walks a body may recurse this far. */
const deepest = 512;

const utf8 = new TextDecoder();

/**
 * Parses a body and hands its value to `read`; when `read` meets an integer past 2^53 it is called a second time with a
 * value that holds it as a `bigint`. Malformed UTF-8 becomes U+FFFD, a byte order mark is skipped, of equal keys the
 * last one counts. Unread as `empty`, `too_deep` (more than `maxDepth` containers within each other) or `not_json`, or
 * with the reason of `read`. Never throws as long as `read` does not; linear in the length of the body.
 */
export function readJson<Value>(
  bytes: Uint8Array,
  maxDepth: number,
  read: (value: JsonValue, pass: JsonPass) => ReadResult<Value>,
): ReadResult<Value> {
  return readJsonText(utf8.decode(bytes), maxDepth, read);
}

/** Like {@link readJson}, of a text: a line of a stream, a part of a form. */
export function readJsonText<Value>(
  text: string,
  maxDepth: number,
  read: (value: JsonValue, pass: JsonPass) => ReadResult<Value>,
): ReadResult<Value> {
  const bound = Math.min(maxDepth, deepest);
  const pass: JsonPass = { hasUnsafeInteger: false };
  const value = parseQuickly(text);
  if (value !== undefined) {
    if (hasManyBrackets(text, bound) && isDeeper(value, bound)) return tooDeep;
    const result = read(value, pass);
    if (!pass.hasUnsafeInteger || !longInteger.test(text)) return result;
  }
  const exact = parseExactly(text, bound);
  if (exact === "too_deep") return tooDeep;
  if (exact !== undefined) return read(exact.value, pass);
  return { kind: "unread", reason: text.trim() === "" ? "empty" : "not_json" };
}

const tooDeep: ReadResult<never> = { kind: "unread", reason: "too_deep" };

/** An integer of 16 digits or more: where there is none, large numbers were written with a point or an exponent. */
const longInteger = /(?:^|[[,:\s-])\d{16,}(?![\d.eE])/;

/** `JSON.parse` does not recurse: nesting cannot hurt it. */
function parseQuickly(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** Spares an ordinary body the walk over all its values: what has few brackets cannot be deep. */
function hasManyBrackets(text: string, few: number): boolean {
  let brackets = 0;
  for (const bracket of ["[", "{"]) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      brackets++;
      if (brackets > few) return true;
    }
  }
  return false;
}

/** True when there are more than `room` containers within each other. */
function isDeeper(value: JsonValue | undefined, room: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (room === 0) return true;
  const elements = isList(value) ? value : Object.values(value);
  // This loop is compiled for lists of numbers alone, the usual case.
  for (let index = skipNumbers(elements); index < elements.length; index++) {
    if (isDeeper(elements[index], room - 1)) return true;
  }
  return false;
}

function skipNumbers(elements: readonly (JsonValue | undefined)[]): number {
  let index = 0;
  while (index < elements.length && typeof elements[index] === "number") index++;
  return index;
}
