/** Matches of patterns, and the text that replaces redacted values. */

/** A match in a text. Matches of one finder are in order and do not overlap. */
export interface TextMatch {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** The value to be hashed: the digits of a card without separators, otherwise the matching text. */
  readonly value: string;
}

/** The text in place of a masked value, whatever its type and length. */
export const maskText = "***";

/** Prefix of a hashed value; 32 or more hexadecimal digits in lower case follow. */
export const hashPrefix = "hash:";

/** Shortest hash, digits. */
const minHashDigits = 32;

const hashPattern = /^hash:[0-9a-f]{32,}$/;

/** Whether the text is `***` or a hash: such a value is not redacted again. */
export function isRedactedText(text: string): boolean {
  return text === maskText || hashPattern.test(text);
}

const redactedPart = /\*\*\*|hash:[0-9a-f]{32}/;

/** Whether a part of the text is masked or hashed. Dropped values leave no trace. */
export function holdsRedacted(text: string): boolean {
  return redactedPart.test(text);
}

/** Longest run of digits that is searched for the start of a hash. */
const maxHashDigits = 128;

/** Whether `at` is inside the digits of a hash, which are not a card number. Constant time. */
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
