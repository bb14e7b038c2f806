/** Redacts values by the configured rules and patterns, before a record leaves the memory of the process. */
import { maxTextLength } from "../payload/json/json-value.ts";
import { markFeatures, markJson } from "./json/mark-json.ts";
import { cardOfNumber } from "./finders/cards.ts";
import { parseJsonTree } from "../payload/json/json-tree.ts";
import { isFoundDecoded } from "./encodings.ts";
import { uniqueNames, writeRedacted, type ValueRedaction } from "./json/write-redacted.ts";
import { hashPrefix, isRedactedText, maskText } from "./redaction-match.ts";
import type { RedactionAction } from "./redaction-rule.ts";
import { RedactionRules, type RulesByAction } from "./redaction-rules.ts";
import { hasMatch, replaceMatches, type TextPatternName } from "./text-patterns.ts";

/** A feature or a prediction in a record. */
type RecordValue = number | string | boolean | null;

/** Options of {@link Redactor}. */
export interface RedactionPlan extends RulesByAction {
  readonly patterns: readonly TextPatternName[];
  /** Action for the matches of patterns. */
  readonly patternAction: RedactionAction;
  /** The keyed hash of a value: 32 or more hexadecimal digits in lower case, e.g. of an HMAC. */
  keyedHash(this: void, text: string): string;
}

/** Upper bound of the nesting of a body and of JSON in its strings together, as in the readers. */
const maxDepth = 512;

/** Searches of one text: after a replacement the rest may contain a new match. */
const maxPasses = 4;

/**
 * The end of a cut text that may be half of a match: a number in groups, or any text without spaces. Searched backwards:
 * a regular expression would try every position as a start.
 */
function cutEndOf(text: string): string {
  const group = startOfEnd(text, /[\d\u0020\u00a0\u2000-\u2015\u202f-]/);
  const word = startOfEnd(text, /[!-~]/);
  return text.slice(text.length - group < minGroup ? word : Math.min(group, word));
}

function startOfEnd(text: string, allowed: RegExp): number {
  let start = text.length;
  while (start > 0 && allowed.test(text.charAt(start - 1))) start--;
  return start;
}

/** Fewer digits and spaces do not count as part of a card. */
const minGroup = 4;

/**
 * Applies rules and patterns. Where several rules match, drop takes precedence over mask, mask over hash, and rules over
 * patterns. A value has the same hash whichever rule matched, see `canonicalText` in json/canonical-text.ts; a card
 * number has the hash of its digits.
 *
 * Patterns are searched in a text and in its decoded forms (see {@link isFoundDecoded}). A visible match is replaced in
 * place; for a match in a decoded form the whole text is replaced. JSON in a string is redacted like a body, except for
 * pointers. Redaction is idempotent: `***` and hashes are not redacted again.
 */
export class Redactor {
  /** Whether there is any rule or pattern. */
  readonly isOn: boolean;
  readonly hasPointers: boolean;
  readonly hasFeatures: boolean;
  readonly #plan: RedactionPlan;
  readonly #rules: RedactionRules;
  readonly #values: ValueRedaction;
  #hashesLeft = maxHashes;

  constructor(plan: RedactionPlan) {
    this.#plan = plan;
    this.#rules = new RedactionRules(plan);
    this.hasPointers = this.#rules.pointers.length > 0;
    this.hasFeatures = this.#rules.hasFeatures;
    this.isOn = plan.patterns.length > 0 || this.#rules.isAny;
    this.#values = {
      text: (text, room) => this.#text(text, room),
      number: (literal) => this.#number(literal),
      replacement: (canonical, action) => this.#replacement(canonical, action),
    };
  }

  /**
   * A short text of a record (a path, an identity, a name) with patterns applied. Readers cut texts at 256 characters: of
   * a text that may have been cut the end is redacted too, since it may be half of a match. About 0.2 µs for a short
   * word, 2 µs for a text that may be base64.
   */
  text(text: string): string {
    const mayBeCut = text.length === maxTextLength || text.length === maxTextLength - 1;
    if (!mayBeCut || this.#plan.patterns.length === 0) return this.#text(text, maxDepth);
    const end = cutEndOf(text);
    const shown = this.#text(text.slice(0, text.length - end.length), maxDepth);
    return end === "" ? shown : `${shown}${this.#replaced(end)}`;
  }

  /** A text that was not cut, with patterns applied. */
  wholeText(text: string): string {
    return this.#text(text, maxDepth);
  }

  /** A redacted value of a feature or a prediction; undefined when it is dropped. About 20 ns for a number. */
  feature(name: string, value: RecordValue): RecordValue | undefined {
    const action = this.#rules.featureAction(name);
    if (action === "drop") return undefined;
    if (action !== undefined) return this.#replacement(String(value), action);
    if (typeof value === "string") return this.text(value);
    if (typeof value !== "number" || Math.abs(value) < minCardNumber) return value;
    const shown = this.#number(String(value));
    return shown === undefined ? value : shown;
  }

  /** The names of features with patterns applied; equal results are numbered: `***`, `***#2`, …. */
  featureNames(names: readonly string[]): readonly string[] {
    const shown = names.map((name) => this.text(name));
    return shown.every((name, index) => name === names[index]) ? names : uniqueNames(names, shown);
  }

  /** The redacted value of a header, whose name may be in any case; undefined when it is dropped. */
  header(name: string, value: string): string | undefined {
    const action = this.#rules.headerAction(name);
    if (action === "drop") return undefined;
    return action === undefined ? this.#text(value, maxDepth) : this.#replacement(value, action);
  }

  /** Like {@link text}, for a text that comes from a header and is in another field; undefined when it is dropped. */
  headerText(name: string, value: string): string | undefined {
    const action = this.#rules.headerAction(name);
    if (action === "drop") return undefined;
    return action === undefined ? this.text(value) : this.#replacement(value, action);
  }

  /**
   * A JSON body with rules and patterns applied; the rest keeps its notation. Undefined when it is not JSON, nests deeper
   * than 512, or needs too many hashes. See {@link markJson} for what rules match.
   */
  json(source: string): string | undefined {
    const root = parseJsonTree(source, maxDepth);
    if (typeof root !== "object") return undefined;
    const written = writeRedacted({ source, root, room: maxDepth }, markJson(root, this.#rules), this.#values);
    return this.#hashesLeft < 0 ? undefined : written;
  }

  /**
   * Starts the next record. The hashes of a record are bounded, because each takes about 3 µs: further values are masked
   * instead, and a body that needs more is refused. See {@link maxHashes}.
   */
  renew(): void {
    this.#hashesLeft = maxHashes;
  }

  /** Whether a rule is about a feature with this name. */
  isNamed(name: string): boolean {
    return this.#rules.featureAction(name) !== undefined;
  }

  #text(text: string, room: number): string {
    const { patterns } = this.#plan;
    if (patterns.length === 0 && !this.hasFeatures) return text;
    return this.#nestedJson(text, room) ?? this.#plainText(text);
  }

  /** Undefined when the text is neither a JSON list nor an object. */
  #nestedJson(source: string, room: number): string | undefined {
    if (!/^\s*[[{]/.test(source)) return undefined;
    const root = parseJsonTree(source, room);
    if (typeof root !== "object") return undefined;
    return writeRedacted({ source, root, room }, markFeatures(root, this.#rules), this.#values);
  }

  #plainText(text: string): string {
    const { patterns } = this.#plan;
    if (patterns.length === 0) return text;
    if (looksLikeNumber.test(text) && this.#number(text) !== undefined) return this.#number(text) ?? "";
    const isFound = (form: string): boolean => hasMatch(form, patterns);
    let shown = text;
    for (let pass = 0; pass < maxPasses; pass++) {
      const next = replaceMatches(shown, patterns, (value) => this.#replaced(value));
      if (next === shown) return isFoundDecoded(shown, isFound) ? this.#replaced(text) : shown;
      shown = next;
    }
    return this.#replaced(text);
  }

  #number(literal: string): string | null | undefined {
    const card = this.#plan.patterns.includes("card") ? cardOfNumber(literal) : undefined;
    if (card === undefined) return undefined;
    return this.#plan.patternAction === "drop" ? null : this.#replaced(card);
  }

  /** Replacement of a match. */
  #replaced(value: string): string {
    const { patternAction } = this.#plan;
    return patternAction === "drop" ? "" : this.#replacement(value, patternAction);
  }

  #replacement(canonical: string, action: Exclude<RedactionAction, "drop">): string {
    if (action === "mask") return maskText;
    if (isRedactedText(canonical)) return canonical;
    return --this.#hashesLeft < 0 ? maskText : `${hashPrefix}${this.#plan.keyedHash(canonical)}`;
  }
}

/** The whole text is a number: with its exponent applied it may be a card. */
const looksLikeNumber = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Maximum number of hashes of one record; ordinary rows and bodies need far fewer. */
const maxHashes = 2000;

/** Smallest number with the digits of a card. */
const minCardNumber = 1e12;
