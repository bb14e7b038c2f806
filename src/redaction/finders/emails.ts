/** Finds e-mail addresses. */
import type { TextMatch } from "../redaction-match.ts";

/** A label after a dot that begins with two letters: what stands behind `@` in `bert@1.2.0` is no domain. */
const domain = /[^.]\.+[A-Za-z\u0080-\uffff]{2}/;

const letterOrMark = /[\p{L}\p{M}\p{N}]/u;

/**
 * Addresses `local@domain.tld` of letters and digits of any script, with `. _ % + ' -` among those before the `@`. Of an
 * address with rarer characters before it (`a!b@example.com`, a quoted part) the rest is found; not found: domains without a dot and numeric ones. Linear in the length of the text; without an `@` it costs one
 * search for it.
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

/** Domains do not end with a dot or a dash, sentences do. */
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
  // Either half of a pair: letters beyond the basic plane.
  return (code >= 0xd800 && code <= 0xdfff) || letterOrMark.test(String.fromCharCode(code));
}

function codesOf(characters: string): ReadonlySet<number> {
  return new Set(Array.from(characters, (character) => character.charCodeAt(0)));
}
