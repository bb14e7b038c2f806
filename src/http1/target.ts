/** The forms of a request target (RFC 9112 §3.2). */
import { equals, equalsIgnoreCase } from "./bytes.ts";
import type { Fault } from "./fault.ts";
import { isValidHost } from "./field-value.ts";

/** Which form a target has. Offsets count from the head's first byte; `authority…` is empty unless `absolute`. */
export interface TargetForm {
  readonly kind: "origin" | "absolute" | "asterisk";
  readonly authorityStart: number;
  readonly authorityEnd: number;
  /** Where path and query begin; equals the target's end when an absolute target has neither. */
  readonly pathStart: number;
}

/** The part of a request line that this file reads. */
export interface RequestLine {
  readonly methodStart: number;
  readonly methodEnd: number;
  readonly targetStart: number;
  readonly targetEnd: number;
}

const schemes = ["http://", "https://"] as const;
const SLASH = 0x2f;
const ASTERISK = 0x2a;
const QUESTION = 0x3f;

/** The target's form, or what is wrong with it. Allocates one small record. */
export function readTargetForm(bytes: Uint8Array, base: number, line: RequestLine): TargetForm | Fault {
  const start = base + line.targetStart;
  const end = base + line.targetEnd;
  const methodStart = base + line.methodStart;
  const methodEnd = base + line.methodEnd;
  // In lower case it is another method, but no safer to pass.
  if (equalsIgnoreCase(bytes, methodStart, methodEnd, "connect")) return "connect_refused";
  if (bytes[start] === SLASH) return originForm(line.targetStart);
  if (bytes[start] === ASTERISK && end - start === 1) {
    return equals(bytes, methodStart, methodEnd, "OPTIONS")
      ? { kind: "asterisk", authorityStart: 0, authorityEnd: 0, pathStart: line.targetStart }
      : "target_malformed";
  }
  for (const scheme of schemes) {
    const authority = start + scheme.length;
    if (authority < end && equalsIgnoreCase(bytes, start, authority, scheme)) {
      return absoluteForm(bytes, base, authority, end);
    }
  }
  return "target_malformed";
}

const originForms = new Map<number, TargetForm>();

/** Nearly all targets begin a few bytes into the head: their records are shared. */
function originForm(targetStart: number): TargetForm {
  let form = originForms.get(targetStart);
  if (form === undefined) {
    form = { kind: "origin", authorityStart: 0, authorityEnd: 0, pathStart: targetStart };
    originForms.set(targetStart, form);
  }
  return form;
}

function absoluteForm(bytes: Uint8Array, base: number, authority: number, end: number): TargetForm | Fault {
  let path = authority;
  while (path < end && bytes[path] !== SLASH && bytes[path] !== QUESTION) path++;
  // User information (`user@host`) is refused as well: `@` cannot be part of a host.
  if (path === authority || !isValidHost(bytes, authority, path)) return "target_malformed";
  return { kind: "absolute", authorityStart: authority - base, authorityEnd: path - base, pathStart: path - base };
}
