/** Character tables of RFC 9110 §5.6 and RFC 3986, one lookup a byte. */

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const DEL = 0x7f;
export const SEMICOLON = 0x3b;

const tableOf = (accepts: (byte: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, byte) => (accepts(byte) ? 1 : 0));

const setOf = (characters: string): ReadonlySet<number> => new Set(Array.from(characters, (c) => c.charCodeAt(0)));

const isDigitByte = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
const isAlphaByte = (byte: number): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);

const tokenMarks = setOf("!#$%&'*+-.^_`|~");
const hostMarks = setOf("-._~%!$&'()*+,;=");
const idMarks = setOf("-._~:+/=@");

/** 1 for the bytes of a token (RFC 9110 §5.6.2): method and header names. */
export const isToken: Uint8Array = tableOf((b) => isDigitByte(b) || isAlphaByte(b) || tokenMarks.has(b));

/** 1 for the bytes of a header value: visible characters, space, tab, and bytes from 0x80 (obs-text). */
export const isFieldValue: Uint8Array = tableOf((b) => b === TAB || (b >= SP && b !== 0x7f));

/** 1 for the bytes of a request target: visible ASCII without `#`, which no target may hold. */
export const isTarget: Uint8Array = tableOf((b) => b > SP && b < 0x7f && b !== 0x23);

/** 1 for the bytes of a registered host name (RFC 3986 §3.2.2). */
export const isHostName: Uint8Array = tableOf((b) => isDigitByte(b) || isAlphaByte(b) || hostMarks.has(b));

/** 1 for the bytes that a request id may hold to be kept: nothing that a log or a header could misread. */
export const isSafeId: Uint8Array = tableOf((b) => isDigitByte(b) || isAlphaByte(b) || idMarks.has(b));

/** ASCII letters in lower case, all other bytes as they are. */
export const lower: Uint8Array = Uint8Array.from({ length: 256 }, (_, b) => (b >= 0x41 && b <= 0x5a ? b + 32 : b));

/** A table by byte: the value of a hexadecimal digit, 255 for every other byte. */
export const hexValue: Uint8Array = Uint8Array.from({ length: 256 }, (_, b) => {
  const value = Number.parseInt(String.fromCharCode(b), 16);
  return Number.isNaN(value) ? 255 : value;
});

/** True when the bytes of [start, end) are `text` (lower case ASCII) in any letter case. */
export function equalsIgnoreCase(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) {
    if (lower[bytes[start + i]!] !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** True when the bytes of [start, end) are exactly `text` (ASCII). */
export function equals(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** The bytes of an ASCII text. */
export const asciiBytes = (text: string): Buffer => Buffer.from(text, "latin1");

/** True for a space or a tab. */
export const isBlank = (byte: number | undefined): boolean => byte === SP || byte === TAB;
