/** Finds payment card numbers by length, issuer prefix and check digit (ISO/IEC 7812-1, Luhn). */
import { isInHash, type TextMatch } from "../redaction-match.ts";

const minDigits = 13;
const maxDigits = 19;

/** Prefixes of card issuers. Unix times, which begin with 1, and dates, which begin with 20, do not match. */
const issuer = /^(?:[3-6]|2[2-7])/;

const ZERO = 0x30;
const NINE = 0x39;

/**
 * Finds card numbers of 13 to 19 digits, unbroken or in groups of any size with one space, dash or zero-width character
 * between them, also next to other numbers. Overlapping candidates are one match, because either may be the card. Not
 * found: digits in a longer run of digits, in the fraction of a decimal number, in a UUID or in a hash that redaction
 * made, or with other separators. Linear in the length of the text.
 */
export function findCards(text: string): readonly TextMatch[] {
  if (text.length < minDigits) return none;
  const found: TextMatch[] = [];
  for (let at = 0; at < text.length; at++) {
    if (!isDigit(text.charCodeAt(at))) continue;
    const start = at;
    let digits = 0;
    for (; isDigit(text.charCodeAt(at)) || isBetweenDigits(text, at); at++) {
      if (isDigit(text.charCodeAt(at))) digits++;
    }
    if (digits < minDigits) continue;
    for (const card of cardsAmong(text, groupsOf(text, start, at))) found.push(card);
  }
  return found;
}

const none: readonly TextMatch[] = [];

/**
 * The digits of a number's integer part if they are a card number, else undefined. `literal` is a JSON number; the
 * exponent is applied, so that no notation hides a card.
 */
export function cardOfNumber(literal: string): string | undefined {
  const hasExponent = literal.includes("e") || literal.includes("E");
  if (!hasExponent && integerLength(literal) < minDigits) return undefined;
  const parts = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal);
  if (parts === null) return undefined;
  const [, whole = "", fraction = "", exponent = "0"] = parts;
  const candidates = [shifted(whole, fraction, Number(exponent)), whole];
  return candidates.map((digits) => digits.replace(/^0+/, "")).find(isCard);
}

/** Length of the integer part, sign included. */
function integerLength(literal: string): number {
  const point = literal.indexOf(".");
  return point === -1 ? literal.length : point;
}

/** The integer part of `whole.fraction × 10^exponent`; empty when its length is not that of a card. */
function shifted(whole: string, fraction: string, exponent: number): string {
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const length = digits.length - fraction.length + exponent;
  if (!(length >= minDigits && length <= maxDigits)) return "";
  return digits.slice(0, length).padEnd(length, "0");
}

function isCard(digits: string): boolean {
  if (digits.length < minDigits || digits.length > maxDigits) return false;
  return issuer.test(digits) && checkSum(digits, 0, digits.length, 0) % 10 === 0;
}

function isBetweenDigits(text: string, at: number): boolean {
  return isSeparator(text.charCodeAt(at)) && isDigit(text.charCodeAt(at - 1)) && isDigit(text.charCodeAt(at + 1));
}

/** Start and end of each group of digits in a run with single separators. */
interface DigitGroups {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

function groupsOf(text: string, start: number, end: number): DigitGroups {
  const starts = [start];
  const ends: number[] = [];
  for (let at = start; at < end; at++) {
    if (isDigit(text.charCodeAt(at))) continue;
    ends.push(at);
    starts.push(at + 1);
  }
  ends.push(end);
  return { starts, ends };
}

function cardsAmong(text: string, { starts, ends }: DigitGroups): readonly TextMatch[] {
  const spans: CardSpan[] = [];
  for (let last = 0; last < ends.length; last++) {
    const first = firstOfCard(text, { starts, ends }, last);
    if (first !== -1) spans.push({ first, last });
  }
  return merged(spans).map(({ first, last }) => {
    const start = starts[first] ?? 0;
    const end = ends[last] ?? 0;
    return { start, end, value: text.slice(start, end).replaceAll(/\D/g, "") };
  });
}

/** Index of the first and the last group of a card. */
interface CardSpan {
  readonly first: number;
  readonly last: number;
}

/** Joins overlapping spans. They are in order of their ends; a later one may start before an earlier one. */
function merged(spans: readonly CardSpan[]): readonly CardSpan[] {
  const disjoint: CardSpan[] = [];
  for (const span of spans) {
    let { first } = span;
    for (let before = disjoint.at(-1); before !== undefined && before.last >= first; before = disjoint.at(-1)) {
      first = Math.min(first, before.first);
      disjoint.pop();
    }
    disjoint.push({ first, last: span.last });
  }
  return disjoint;
}

/** First group of the longest card that ends with group `last`, or -1. Looks at 19 digits at most. */
function firstOfCard(text: string, { starts, ends }: DigitGroups, last: number): number {
  let found = -1;
  let digits = 0;
  let sum = 0;
  for (let first = last; first >= 0; first--) {
    const start = starts[first] ?? 0;
    const end = ends[first] ?? 0;
    if (digits + end - start > maxDigits) break;
    sum += checkSum(text, start, end, digits);
    digits += end - start;
    if (digits >= minDigits && sum % 10 === 0 && isPlausible(text, start, ends[last] ?? 0)) found = first;
  }
  return found;
}

/** Luhn sum of the digits from `start` to `end`, which `behind` further digits follow. */
function checkSum(text: string, start: number, end: number, behind: number): number {
  let sum = 0;
  for (let at = end - 1, place = behind; at >= start; at--, place++) {
    const digit = text.charCodeAt(at) - ZERO;
    const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += place % 2 === 0 ? digit : doubled;
  }
  return sum;
}

function isPlausible(text: string, start: number, end: number): boolean {
  const isFraction = text[start - 1] === "." && isDigit(text.charCodeAt(start - 2));
  const digits = text.slice(start, Math.min(end, start + 3)).replaceAll(/\D/g, "");
  return !isFraction && issuer.test(digits) && !isInHash(text, start) && !isInUuid(text, start, end);
}

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f-])/iy;
const uuidLength = 36;

function isInUuid(text: string, start: number, end: number): boolean {
  for (let from = Math.max(0, end - uuidLength); from <= start; from++) {
    uuid.lastIndex = from;
    if (uuid.test(text) && !/[0-9a-f-]/i.test(text.charAt(from - 1))) return true;
  }
  return false;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** Space (`+` in forms), hyphen, and similar characters: no-break, thin and zero-width spaces, dashes, minus. */
function isSeparator(code: number): boolean {
  if (code === 0x20 || code === 0x2d || code === 0x2b) return true;
  if (code < 0xa0) return false;
  return code <= 0x2015 ? code >= 0x2000 || code === 0xa0 || code === 0xad : otherSeparators.has(code);
}

const otherSeparators: ReadonlySet<number> = new Set([0x202f, 0x205f, 0x2060, 0x2212, 0x3000, 0xfe63, 0xfeff, 0xff0d]);
