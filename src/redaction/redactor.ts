/** Takes out of records what the configuration wants out, before anything leaves the process's memory. */
import { maxTextLength } from "../payload/json/json-value.ts";
import { markFeatures, markJson } from "./json-redaction.ts";
import { cardOfNumber } from "./redactable-cards.ts";
import { isFoundDecoded } from "./redactable-forms.ts";
import { parseJsonTree } from "../payload/json/json-tree.ts";
import { uniqueNames, writeRedacted, type ValueRedaction } from "./redacted-json.ts";
import { hashPrefix, isRedactedText, maskText } from "./redaction-match.ts";
import type { RedactionAction } from "./redaction-rule.ts";
import { RedactionRules, type RulesByAction } from "./redaction-rules.ts";
import { hasMatch, replaceMatches, type TextPatternName } from "./text-patterns.ts";

/** A feature or a prediction as it stands in a record. */
type RecordValue = number | string | boolean | null;

/** What is redacted, and how. */
export interface RedactionPlan extends RulesByAction {
  readonly patterns: readonly TextPatternName[];
  /** What happens to what patterns find. */
  readonly patternAction: RedactionAction;
  /** At least 32 hexadecimal digits in lower case, such as those of an HMAC. */
  keyedHash(this: void, text: string): string;
}

/** How deep JSON may nest, in a body and in its texts together: readers go no deeper either. */
const deepest = 512;

/** Times that a text is searched after something was replaced in it: what is left may look like a match again. */
const maxPasses = 4;

/**
 * What a text that was cut may end with, of which the rest is missing: a number in groups, or anything without spaces.
 * Looked for from the end: an expression would try every place of the text as a beginning.
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

/** Fewer digits and spaces are no part of a card. */
const minGroup = 4;

/**
 * The redactor. Where several rules hold, dropping goes before masking, masking before hashing, and all before patterns.
 * A value has the same hash whatever held for it: see {@link canonicalText} in redaction-canonical.ts; a number that the
 * pattern `card` finds has that of its digits.
 *
 * Patterns are searched in a text as it stands and without its codings (see {@link isFoundDecoded}). A match that can be
 * seen is replaced in its place; when it can only be seen decoded, the whole text is. JSON in a text is redacted like a
 * body, but for pointers. What is redacted already, `***` or a hash, is not redacted again: redacting twice is redacting
 * once.
 */
export class Redactor {
  /** True when there is anything to do. */
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
   * A text of a record without what patterns find: a path, an identity, a name. Of one that readers may have cut
   * (they do at 256 characters) the end goes, too, since it may be half of a match. About 0.2 µs for a short word, 2 µs
   * for a text that may be base64.
   */
  text(text: string): string {
    const mayBeCut = text.length === maxTextLength || text.length === maxTextLength - 1;
    if (!mayBeCut || this.#plan.patterns.length === 0) return this.#text(text, deepest);
    const end = cutEndOf(text);
    const shown = this.#text(text.slice(0, text.length - end.length), deepest);
    return end === "" ? shown : `${shown}${this.#replaced(end)}`;
  }

  /** A whole text without what patterns find. */
  wholeText(text: string): string {
    return this.#text(text, deepest);
  }

  /** A value of a feature or an answer; undefined when it is to be left out. About 20 ns for a number. */
  feature(name: string, value: RecordValue): RecordValue | undefined {
    const action = this.#rules.featureAction(name);
    if (action === "drop") return undefined;
    if (action !== undefined) return this.#replacement(String(value), action);
    if (typeof value === "string") return this.text(value);
    if (typeof value !== "number" || Math.abs(value) < minCardNumber) return value;
    const shown = this.#number(String(value));
    return shown === undefined ? value : shown;
  }

  /** The name of a feature without what patterns find. */
  featureName(name: string): string {
    return this.text(name);
  }

  /** The names of a row's features without what patterns find; told apart where they become equal: `***`, `***#2`, …. */
  featureNames(names: readonly string[]): readonly string[] {
    const shown = names.map((name) => this.text(name));
    return shown.every((name, index) => name === names[index]) ? names : uniqueNames(names, shown);
  }

  /** The value of a header, whose name may be in any case; undefined when it is to be left out. */
  header(name: string, value: string): string | undefined {
    const action = this.#rules.headerAction(name);
    if (action === "drop") return undefined;
    return action === undefined ? this.#text(value, deepest) : this.#replacement(value, action);
  }

  /** Like {@link text}, for what a header gave and stands elsewhere in a record; undefined when it is to be left out. */
  headerText(name: string, value: string): string | undefined {
    const action = this.#rules.headerAction(name);
    if (action === "drop") return undefined;
    return action === undefined ? this.text(value) : this.#replacement(value, action);
  }

  /**
   * A body of JSON without what rules and patterns find; what is left stays as it was written. Undefined when it is no
   * JSON, or nests more than 512 deep. See {@link markJson} for what rules find.
   */
  json(source: string): string | undefined {
    const root = parseJsonTree(source, deepest);
    if (typeof root !== "object") return undefined;
    const written = writeRedacted({ source, root, room: deepest }, markJson(root, this.#rules), this.#values);
    return this.#hashesLeft < 0 ? undefined : written;
  }

  /**
   * Another record begins. Hashes of one record are bounded, at about 3 µs each: values past {@link maxHashes} are
   * masked, and a body that would have more is not redacted at all.
   */
  renew(): void {
    this.#hashesLeft = maxHashes;
  }

  /** True when a rule is about a feature with this name. */
  isNamed(name: string): boolean {
    return this.#rules.featureAction(name) !== undefined;
  }

  #text(text: string, room: number): string {
    const { patterns } = this.#plan;
    if (patterns.length === 0 && !this.hasFeatures) return text;
    return this.#nestedJson(text, room) ?? this.#plainText(text);
  }

  /** Undefined when the text is no list and no object. */
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

  /** What stands for a match. */
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

/** A text that is a number as a whole: moving its point may make a card of it. */
const looksLikeNumber = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Hashes of one record; its own rows and bodies need far fewer. */
const maxHashes = 2000;

/** Smallest number that is one of a card. */
const minCardNumber = 1e12;
