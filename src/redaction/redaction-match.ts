/** What a pattern found in a text, and how a redacted value looks. */

/** A place in a text. Those of one pattern come in order and do not overlap. */
export interface TextMatch {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** The value in the form in which it is hashed: a card without its separators, everything else as it stands. */
  readonly value: string;
}

/** What stands for a masked value. */
export const maskText = "***";

/** What a hashed value begins with; at least 32 hexadecimal digits in lower case follow. */
export const hashPrefix = "hash:";

/** Fewer digits are no hash. */
const minHashDigits = 32;

const hashPattern = /^hash:[0-9a-f]{32,}$/;

/** True for `***` and for a hash: such a value is not redacted again. */
export function isRedactedText(text: string): boolean {
  return text === maskText || hashPattern.test(text);
}

const redactedPart = /\*\*\*|hash:[0-9a-f]{32}/;

/** True when something in a text looks redacted: masked or hashed. What was dropped cannot be seen. */
export function holdsRedacted(text: string): boolean {
  return redactedPart.test(text);
}

/** Longest run of digits that is looked at for a hash. */
const maxHashDigits = 128;

/** True when `at` lies in the digits of a hash that begins earlier: they are no card number. Constant time. */
export function isInHash(text: string, at: number): boolean {
  let start = at;
  while (at - start < maxHashDigits && isHex(text.charCodeAt(start - 1))) start--;
  if (!text.startsWith(hashPrefix, start - hashPrefix.length)) return false;
  let end = at;
  while (end - start < minHashDigits && isHex(text.charCodeAt(end))) end++;
  return end - start >= minHashDigits;
}

function isHex(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66);
}
