/** The patterns that are searched in every text of a record, each with its own finder in finders/. */
import { findCards } from "./finders/cards.ts";
import { findEmails } from "./finders/emails.ts";
import { findTokens } from "./finders/tokens.ts";
import type { TextMatch } from "./redaction-match.ts";

/** Names of the patterns; values of `redaction.patterns`. */
export const textPatternNames = ["card", "email", "bearer"] as const;

/** See {@link textPatternNames}. */
export type TextPatternName = (typeof textPatternNames)[number];

const finders: Readonly<Record<TextPatternName, (text: string) => readonly TextMatch[]>> = {
  bearer: findTokens,
  email: findEmails,
  card: findCards,
};

/** Tokens first: a token may contain something that looks like an address or a card. */
const order = ["bearer", "email", "card"] as const satisfies readonly TextPatternName[];

/**
 * Replaces all matches of the patterns in a text, without looking through encodings. `replace` gets the value of a match
 * (see {@link TextMatch}). Returns the same string when nothing matches. Linear in the length of the text; about 0.1 µs
 * for 20 characters without matches.
 */
export function replaceMatches(
  text: string,
  names: readonly TextPatternName[],
  replace: (value: string) => string,
): string {
  let result = text;
  for (const name of order) {
    if (names.includes(name)) result = replaceAll(result, finders[name](result), replace);
  }
  return result;
}

/** Whether one of the patterns matches in the text, without looking through encodings. */
export function hasMatch(text: string, names: readonly TextPatternName[]): boolean {
  return names.some((name) => finders[name](text).length > 0);
}

function replaceAll(text: string, matches: readonly TextMatch[], replace: (value: string) => string): string {
  if (matches.length === 0) return text;
  const parts: string[] = [];
  let from = 0;
  for (const { start, end, value } of matches) {
    parts.push(text.slice(from, start), replace(value));
    from = end;
  }
  parts.push(text.slice(from));
  return parts.join("");
}
