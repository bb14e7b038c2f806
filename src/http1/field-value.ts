/** Checks of single header values; each takes the value's bytes at [start, end). */
import { COLON, equals, equalsIgnoreCase, hexValue, isHostName, isSafeId } from "./bytes.ts";

const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const DOT = 0x2e;
const maxPort = 65_535;
const maxIdLength = 128;

/** True for `host`, `host:port`, `[address]` and `[address]:port` (RFC 9110 §7.2); an empty value is valid. */
export function isValidHost(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end) return true;
  const host = bytes[start] === OPEN_BRACKET ? endOfAddress(bytes, start, end) : endOfName(bytes, start, end);
  if (host === start) return false;
  return host === end || (bytes[host] === COLON && isValidPort(bytes, host + 1, end));
}

function endOfName(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && isHostName[bytes[i]!] === 1) i++;
  return i;
}

/** Offset after the closing bracket, or `start` when there is no address in brackets. */
function endOfAddress(bytes: Uint8Array, start: number, end: number): number {
  let i = start + 1;
  while (i < end && (hexValue[bytes[i]!] !== 255 || bytes[i] === COLON || bytes[i] === DOT)) i++;
  return i < end && i > start + 1 && bytes[i] === CLOSE_BRACKET ? i + 1 : start;
}

/** True for digits that name a port, and for none at all (RFC 3986 §3.2.3). */
function isValidPort(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end) return true;
  const port = readDecimal(bytes, start, end);
  return port !== -1 && port <= maxPort;
}

/** True when the value of `Expect` in [start, end) is `100-continue`, in any case (RFC 9110 §10.1.1). */
export function isExpectContinue(bytes: Uint8Array, start: number, end: number): boolean {
  return equalsIgnoreCase(bytes, start, end, "100-continue");
}

/** True when a client's request id may be kept: 1 to 128 bytes that no log or header can misread. */
export function isSafeRequestId(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length < 1 || length > maxIdLength) return false;
  for (let i = start; i < end; i++) if (isSafeId[bytes[i]!] === 0) return false;
  return true;
}

const traceparentLength = 55;
const DASH = 0x2d;

/**
 * True for a `traceparent` that W3C Trace Context §3.2 lets pass: version 00, lower-case hexadecimal, neither
 * identity all zeros; or a later version (but ff) with the same four parts, perhaps followed by more after a dash.
 */
export function isValidTraceparent(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < traceparentLength) return false;
  return (
    hasKnownLength(bytes, start, end) &&
    isLowerHex(bytes, start, start + 2) &&
    bytes[start + 2] === DASH &&
    isIdentity(bytes, start + 3, start + 35) &&
    bytes[start + 35] === DASH &&
    isIdentity(bytes, start + 36, start + 52) &&
    bytes[start + 52] === DASH &&
    isLowerHex(bytes, start + 53, start + traceparentLength)
  );
}

/** Version 00 has one length; later ones may continue after a dash; ff is not a version. */
function hasKnownLength(bytes: Uint8Array, start: number, end: number): boolean {
  if (equals(bytes, start, start + 2, "ff")) return false;
  if (end - start === traceparentLength) return true;
  return bytes[start + traceparentLength] === DASH && !equals(bytes, start, start + 2, "00");
}

const isIdentity = (bytes: Uint8Array, start: number, end: number): boolean =>
  isLowerHex(bytes, start, end) && !isAllZero(bytes, start, end);

function isLowerHex(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (!((byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66))) return false;
  }
  return true;
}

function isAllZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== 0x30) return false;
  return true;
}

/** How many decimal digits a whole number ≥ 0 has. */
export function decimalDigits(value: number): number {
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits++;
  return digits;
}

/** The value as a whole number, or -1 when it is not 1*DIGIT or is past 2^53 − 1. */
export function readDecimal(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = bytes[i]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
    if (value > Number.MAX_SAFE_INTEGER) return -1;
  }
  return value;
}
