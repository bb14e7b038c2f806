/** Values of parsed JSON, and the safe ways to look into them. */
import { ownCopy } from "../../text/own-copy.ts";
import type { Cell } from "../body-content.ts";

/** A parsed body. Objects may have a key `__proto__` of their own; read them with {@link member}. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;

/** A JSON object. Indexing it finds inherited properties too; use {@link member} for names that a client may choose. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** Facts that are collected while a parsed body is walked. */
export interface JsonPass {
  /** Set by {@link cellOf} at a number too large to be known exactly: then the body is parsed and read again, exactly. */
  hasUnsafeInteger: boolean;
}

/** Text in a cell is cut after this many UTF-16 code units: longer categories are of no use and would hold memory. */
export const maxTextLength = 256;

/** True for a JSON array; false for undefined. */
export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** True for a JSON object; false for null, arrays and undefined. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object's own value of a key; undefined when it has none, and for every value that is not an object. */
export function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The object's own value of a key if it is a string, else the empty string. */
export function textMember(value: JsonValue | undefined, key: string): string {
  const found = member(value, key);
  return typeof found === "string" ? found : "";
}

/**
 * A value as the cell of a table: numbers, booleans and null unchanged, text cut after {@link maxTextLength}. Undefined
 * for lists and objects.
 */
export function cellOf(value: JsonValue | undefined, pass: JsonPass): Cell {
  switch (typeof value) {
    case "number":
      if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER) pass.hasUnsafeInteger = true;
      return value;
    case "string":
      return value.length > maxTextLength ? cutText(value) : value;
    case "object":
      return value === null ? null : undefined;
    default:
      return value;
  }
}

/**
 * The list itself when each of its elements is a cell unchanged, undefined when one is a list, an object or a long
 * text. About 1 ns an element.
 */
export function asCells(list: readonly JsonValue[], pass: JsonPass): readonly Exclude<Cell, undefined>[] | undefined {
  const start = countNumbers(list, pass);
  const isPlain = start === list.length || areCells(list, start, pass);
  return isPlain ? (list as readonly Exclude<Cell, undefined>[]) : undefined;
}

/** How many numbers the list begins with. A separate loop: it is compiled for lists of numbers only, and is twice as fast. */
function countNumbers(list: readonly JsonValue[], pass: JsonPass): number {
  for (let index = 0; index < list.length; index++) {
    const value = list[index];
    if (typeof value !== "number") return index;
    if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER) pass.hasUnsafeInteger = true;
  }
  return list.length;
}

function areCells(list: readonly JsonValue[], start: number, pass: JsonPass): boolean {
  for (let index = start; index < list.length; index++) {
    const value = list[index];
    if (typeof value === "number") {
      if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER) pass.hasUnsafeInteger = true;
    } else if (typeof value === "string") {
      if (value.length > maxTextLength) return false;
    } else if (typeof value === "object" && value !== null) return false;
  }
  return true;
}

/** The first {@link maxTextLength} code units as a string of their own; half a surrogate pair at the end is left out. */
export function cutText(text: string): string {
  if (text.length <= maxTextLength) return text;
  const isPair = /[\ud800-\udbff]/.test(text.charAt(maxTextLength - 1));
  return ownCopy(text.slice(0, isPair ? maxTextLength - 1 : maxTextLength));
}
