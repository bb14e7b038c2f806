/** Finds bearer tokens (RFC 6750) and JSON Web Tokens (RFC 7519). */
import type { TextMatch } from "../redaction-match.ts";

/** The token of RFC 6750, section 2.1, but never the word `bearer` itself, which may be repeated before the token. */
const bearer = /bearer[\s:=+]+(?!bearer[\s:=+]|hash:[0-9a-f]{32})([\w.~+/-]+=*)/gi;

const mayHoldToken = /bearer|eyJ/i;

const base64Url = /[\w-]*/y;

/**
 * Finds the text after the word `Bearer`, in any case, and white space, `:`, `=` or `+`; and, anywhere, JSON Web Tokens:
 * three or more parts of base64url with dots between them, the first beginning like a JSON object (`eyJ`). The match is
 * the token without the word. Linear in the length of the text.
 */
export function findTokens(text: string): readonly TextMatch[] {
  if (!mayHoldToken.test(text)) return none;
  const found = findWebTokens(text);
  for (const match of text.matchAll(bearer)) {
    const value = match[1] ?? "";
    const end = match.index + match[0].length;
    found.push({ start: end - value.length, end, value });
  }
  return withoutInner(found.sort((a, b) => a.start - b.start || b.end - a.end));
}

/** Removes matches inside others: a web token may be the token after the word, or a part of it. */
function withoutInner(matches: readonly TextMatch[]): readonly TextMatch[] {
  const outer: TextMatch[] = [];
  for (const match of matches) {
    if (match.start >= (outer.at(-1)?.end ?? 0)) outer.push(match);
  }
  return outer;
}

const none: readonly TextMatch[] = [];

function findWebTokens(text: string): TextMatch[] {
  const found: TextMatch[] = [];
  let start = text.indexOf("eyJ");
  while (start !== -1) {
    const stop = endOfParts(text, start);
    if (stop.parts >= 3) found.push({ start, end: stop.at, value: text.slice(start, stop.at) });
    // A start further on in the same parts would lack the same dots.
    start = text.indexOf("eyJ", stop.at);
  }
  return found;
}

function endOfParts(text: string, start: number): { readonly at: number; readonly parts: number } {
  let at = start;
  for (let parts = 1; ; parts++) {
    base64Url.lastIndex = at;
    base64Url.test(text);
    at = base64Url.lastIndex;
    if (text[at] !== ".") return { at, parts };
    at++;
  }
}
