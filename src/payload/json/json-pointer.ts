/** JSON Pointers (RFC 6901) with `*` for every element: the paths to values in the configuration. */
import { isList, isObject, type JsonValue, member } from "./json-value.ts";

/** A compiled pointer; see {@link compilePointer}. */
export interface JsonPointer {
  readonly text: string;
  /** Keys and indices without their escapes; null for `*`. */
  readonly segments: readonly (string | null)[];
  /** True when it may name several values. */
  readonly hasWildcard: boolean;
  /** The last key that is written out; empty when there is none. */
  readonly name: string;
}

/** Longest pointer, in segments. */
const maxSegments = 64;

/**
 * Compiles a pointer: empty for the whole body, else `/` before each key or index, `~1` for `/` and `~0` for `~` in it.
 * A segment `*` selects every element of a list or member of an object, so a key `*` cannot be named. Throws a RangeError
 * that says what is wrong with a malformed text.
 */
export function compilePointer(text: string): JsonPointer {
  if (text !== "" && !text.startsWith("/")) throw new RangeError(`path ${text} does not begin with /`);
  if (/~(?![01])/.test(text)) throw new RangeError(`path ${text} has a ~ that is neither ~0 nor ~1`);
  const segments = text.split("/").slice(1).map(segmentOf);
  if (segments.length > maxSegments) throw new RangeError(`path ${text} has more than ${maxSegments} segments`);
  const keys = segments.filter((segment) => segment !== null);
  return { text, segments, hasWildcard: keys.length < segments.length, name: keys.at(-1) ?? "" };
}

function segmentOf(segment: string): string | null {
  return segment === "*" ? null : segment.replaceAll("~1", "/").replaceAll("~0", "~");
}

/**
 * The values that a pointer names, in the order of the body; without a wildcard just one. Where a branch
 * ends early the value is undefined, so that values of the n-th elements stay together; the whole result is undefined
 * when nothing is there, not even an empty list at the wildcard. At most `limit + 1` values.
 */
export function valuesAt(
  pointer: JsonPointer,
  root: JsonValue,
  limit: number,
): readonly (JsonValue | undefined)[] | undefined {
  let values: readonly (JsonValue | undefined)[] = [root];
  for (const segment of pointer.segments) {
    values = segment === null ? elementsOf(values, limit) : values.map((value) => childOf(value, segment));
  }
  return values.length === 0 || values.some((value) => value !== undefined) ? values : undefined;
}

function elementsOf(values: readonly (JsonValue | undefined)[], limit: number): readonly (JsonValue | undefined)[] {
  const elements: (JsonValue | undefined)[] = [];
  for (const value of values) {
    for (const element of childrenOf(value)) {
      if (elements.length > limit) return elements;
      elements.push(element);
    }
  }
  return elements;
}

function childrenOf(value: JsonValue | undefined): readonly (JsonValue | undefined)[] {
  if (isList(value)) return value;
  return isObject(value) ? Object.values(value) : [undefined];
}

const indexPattern = /^(?:0|[1-9]\d*)$/;

function childOf(value: JsonValue | undefined, segment: string): JsonValue | undefined {
  if (!isList(value)) return member(value, segment);
  return indexPattern.test(segment) ? value[Number(segment)] : undefined;
}
