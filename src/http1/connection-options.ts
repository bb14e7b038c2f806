/** What the Connection lines of a head say (RFC 9110 §7.6.1). */
import { COMMA, equalsIgnoreCase, isBlank, lower } from "./bytes.ts";
import { Field, fieldBit } from "./field.ts";
import type { Fault } from "./fault.ts";
import type { HeaderSection } from "./header-section.ts";

/** Names that are kept; no sender of good faith lists more. */
const maxNamed = 64;

/** The options of one head. Reused from head to head. */
export interface ConnectionOptions {
  close: boolean;
  keepAlive: boolean;
  upgrade: boolean;
  /** Headers named as hop-by-hop, beyond the ones that always are; offsets from the head's first byte. */
  namedCount: number;
  readonly namedStart: Int32Array;
  readonly namedEnd: Int32Array;
}

/** A fresh record for {@link readConnectionOptions} to fill. */
export function createConnectionOptions(): ConnectionOptions {
  return {
    close: false,
    keepAlive: false,
    upgrade: false,
    namedCount: 0,
    namedStart: new Int32Array(maxNamed),
    namedEnd: new Int32Array(maxNamed),
  };
}

/** Fills `options` from all Connection lines; a fault when they name more headers than are kept. */
export function readConnectionOptions(
  options: ConnectionOptions,
  bytes: Uint8Array,
  base: number,
  headers: HeaderSection,
): Fault | "" {
  options.close = false;
  options.keepAlive = false;
  options.upgrade = false;
  options.namedCount = 0;
  if ((headers.seen & fieldBit(Field.connection)) === 0) return "";
  for (let i = 0; i < headers.count; i++) {
    if (headers.field[i] !== Field.connection) continue;
    let start = headers.valueStart[i]! + base;
    const end = headers.valueEnd[i]! + base;
    while (start < end) {
      let stop = start;
      while (stop < end && bytes[stop] !== COMMA) stop++;
      if (!addOption(options, bytes, base, trimmed(bytes, start, stop))) return "too_many_headers";
      start = stop + 1;
    }
  }
  return "";
}

const span = { start: 0, end: 0 };

function trimmed(bytes: Uint8Array, from: number, to: number): typeof span {
  span.start = from;
  span.end = to;
  while (span.start < span.end && isBlank(bytes[span.start])) span.start++;
  while (span.end > span.start && isBlank(bytes[span.end - 1])) span.end--;
  return span;
}

function addOption(options: ConnectionOptions, bytes: Uint8Array, base: number, { start, end }: typeof span): boolean {
  if (start === end) return true;
  if (equalsIgnoreCase(bytes, start, end, "keep-alive")) options.keepAlive = true;
  else if (equalsIgnoreCase(bytes, start, end, "close")) options.close = true;
  else if (equalsIgnoreCase(bytes, start, end, "upgrade")) options.upgrade = true;
  else if (!equalsIgnoreCase(bytes, start, end, "te")) {
    if (options.namedCount === maxNamed) return false;
    options.namedStart[options.namedCount] = start - base;
    options.namedEnd[options.namedCount++] = end - base;
  }
  return true;
}

/** True when a Connection line names the header line `index`. */
export function isNamed(
  options: ConnectionOptions,
  bytes: Uint8Array,
  base: number,
  name: { readonly start: number; readonly end: number },
): boolean {
  for (let i = 0; i < options.namedCount; i++) {
    const start = base + options.namedStart[i]!;
    const length = base + options.namedEnd[i]! - start;
    if (length === name.end - name.start && sameName(bytes, start, name.start, length)) return true;
  }
  return false;
}

function sameName(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (lower[bytes[a + i]!] !== lower[bytes[b + i]!]) return false;
  return true;
}
