/** Finds e-mail addresses. */
import type { TextMatch } from "../redaction-match.ts";

/** A dot and a label that begins with two letters: `1.2.0` in `bert@1.2.0` is not a domain. */
const domain = /[^.]\.+[A-Za-z\u0080-\uffff]{2}/;

const letterOrMark = /[\p{L}\p{M}\p{N}]/u;

/**
 * Finds addresses `local@domain.tld` of letters and digits of any script, with `. _ % + ' -` allowed before the `@`. Of an
 * address with rarer characters there (`a!b@example.com`, a quoted local part) the end is found. Not found: domains
 * without a dot, and numeric ones. Linear in the length of the text; without an `@` it costs one search for it.
 */
export function findEmails(text: string): readonly TextMatch[] {
  let at = text.indexOf("@");
  if (at === -1) return none;
  const found: TextMatch[] = [];
  let from = 0;
  for (; at !== -1; at = text.indexOf("@", at + 1)) {
    const end = endOfDomain(text, at + 1);
    const start = startOfLocal(text, at, from);
    if (start === at || !domain.test(text.slice(at + 1, end))) continue;
    found.push({ start, end, value: text.slice(start, end) });
    from = end;
  }
  return found;
}

const none: readonly TextMatch[] = [];

function startOfLocal(text: string, at: number, from: number): number {
  let start = at;
  while (start > from && isLocal(text.charCodeAt(start - 1))) start--;
  while (start < at && text[start] === "'") start++;
  return start;
}

/** A dot or dash at the end belongs to the sentence, not to the domain. */
function endOfDomain(text: string, from: number): number {
  let end = from;
  while (end < text.length && isDomain(text.charCodeAt(end))) end++;
  while (end > from && (text[end - 1] === "." || text[end - 1] === "-")) end--;
  return end;
}

const localMarks = codesOf("._%+'-");
const domainMarks = codesOf(".-");

function isLocal(code: number): boolean {
  return isWord(code) || localMarks.has(code);
}

function isDomain(code: number): boolean {
  return isWord(code) || domainMarks.has(code);
}

function isWord(code: number): boolean {
  if (code < 0x80) return (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a);
  // Half of a surrogate pair: letters beyond the basic plane.
  return (code >= 0xd800 && code <= 0xdfff) || letterOrMark.test(String.fromCharCode(code));
}

function codesOf(characters: string): ReadonlySet<number> {
  return new Set(Array.from(characters, (character) => character.charCodeAt(0)));
}
