/** Looking for members in header values; each takes the value's bytes at [start, end). */
import { COMMA, SEMICOLON, equalsIgnoreCase, isBlank } from "./bytes.ts";

/** True when the bytes of `part` occur anywhere in the value, also within a member; case-sensitive. */
export function contains(bytes: Uint8Array, start: number, end: number, part: Uint8Array): boolean {
  for (let at = start; at + part.length <= end; at++) {
    let i = 0;
    while (i < part.length && bytes[at + i] === part[i]) i++;
    if (i === part.length) return true;
  }
  return false;
}

/** True when the whole value is one of `tokens` (lower case), in any letter case. */
export function isListed(bytes: Uint8Array, start: number, end: number, tokens: readonly string[]): boolean {
  for (const token of tokens) if (equalsIgnoreCase(bytes, start, end, token)) return true;
  return false;
}

/** True when `trailers` is a member of a TE value (RFC 9110 §10.1.4). */
export function listsTrailers(bytes: Uint8Array, start: number, end: number): boolean {
  return listsMember(bytes, start, end, "trailers");
}

/** True when `member` (lower case) is one of the comma-separated members, parameters aside. */
export function listsMember(bytes: Uint8Array, start: number, end: number, member: string): boolean {
  for (let at = start; at < end;) {
    let stop = at;
    while (stop < end && bytes[stop] !== COMMA) stop++;
    let from = at;
    while (from < stop && isBlank(bytes[from])) from++;
    let to = from;
    while (to < stop && bytes[to] !== SEMICOLON && !isBlank(bytes[to])) to++;
    if (equalsIgnoreCase(bytes, from, to, member)) return true;
    at = stop + 1;
  }
  return false;
}

/** True when the media type of a Content-Type value is `mediaType` (lower case), parameters aside. */
export function isMediaType(bytes: Uint8Array, start: number, end: number, mediaType: string): boolean {
  let to = start;
  while (to < end && bytes[to] !== SEMICOLON && !isBlank(bytes[to])) to++;
  return equalsIgnoreCase(bytes, start, to, mediaType);
}
