/** Builders for tests of redaction: redactors, hashes, card numbers, and JSON in many notations. */
import { createHmac } from "node:crypto";
import * as fc from "fast-check";
import { parseRedactionRule, type RedactionRule } from "../../src/redaction/redaction-rule.ts";
import { Redactor, type RedactionPlan } from "../../src/redaction/redactor.ts";

/** A hash as the sidecar makes it. */
export const testHash = (text: string): string =>
  createHmac("sha256", "a key of the tests").update(text).digest("hex").slice(0, 32);

/** Rules of their texts. */
export function rules(...texts: readonly string[]): readonly RedactionRule[] {
  return texts.map((text) => {
    const result = parseRedactionRule(text);
    if (result.kind === "problem") throw new Error(result.problem);
    return result.rule;
  });
}

/** A redactor with all patterns, which masks, unless the plan says something else. */
export function aRedactor(plan: Partial<RedactionPlan> = {}): Redactor {
  return new Redactor({
    drop: [],
    mask: [],
    hash: [],
    patterns: ["card", "email", "bearer"],
    patternAction: "mask",
    keyedHash: testHash,
    ...plan,
  });
}

/** Luhn's check, written down as the standard says it. */
export function hasCheckDigit(digits: string): boolean {
  const sum = Array.from(digits)
    .reverse()
    .map((digit, index) => (index % 2 === 0 ? Number(digit) : Number(digit) * 2))
    .map((value) => (value > 9 ? value - 9 : value))
    .reduce((total, value) => total + value, 0);
  return sum % 10 === 0;
}

/** Digits of cards of 13 to 19 digits. */
export const cardDigits: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom("4", "51", "34", "37", "6011", "2221", "30", "35"), fc.stringMatching(/^\d{11,14}$/))
  .map(([issuer, rest]) => {
    const digits = `${issuer}${rest}`;
    return Array.from("0123456789", (check) => `${digits}${check}`).find(hasCheckDigit) ?? "";
  });

/** Such digits in groups of any sizes. */
export const groupedCard: fc.Arbitrary<{ readonly digits: string; readonly text: string }> = fc
  .tuple(cardDigits, fc.array(fc.constantFrom("", "", "", " ", "-", "\u00a0", "\u2013", "\u202f"), { minLength: 19 }))
  .map(([digits, gaps]) => ({
    digits,
    text: Array.from(digits, (digit, index) => (index === 0 ? digit : `${gaps[index] ?? ""}${digit}`)).join(""),
  }));

/** Lower-case words and small numbers: nothing in which a pattern finds anything. */
export const harmlessJson: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.stringMatching(/^[a-z ]{0,9}$/),
    fc.integer({ min: -1e6, max: 1e6 }),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
    fc.constantFrom(true, false, null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie("value"), { maxKeys: 4 }),
  ),
})).value;

/** A number as JSON writes it, when it is to be written in a way of its own. */
export class Literal {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Writes JSON with escapes and white space as `choices` have it, which are used in turn. */
export function writeJson(value: unknown, choices: readonly number[]): string {
  let used = 0;
  const choose = (): number => (choices.length === 0 ? 0 : (choices[used++ % choices.length] ?? 0));
  const space = (): string => ["", "", "", " ", "\n", "\t "][choose() % 6] ?? "";
  const text = (plain: string): string =>
    `"${Array.from({ length: plain.length }, (_, at) => unit(plain, at)).join("")}"`;
  const unit = (plain: string, at: number): string => {
    const choice = choose() % 8;
    const hex = plain.charCodeAt(at).toString(16).padStart(4, "0");
    if (choice === 0) return `\\u${hex}`;
    if (choice === 1) return `\\u${hex.toUpperCase()}`;
    if (plain[at] === "/" && choice < 4) return "\\/";
    return JSON.stringify(plain[at]).slice(1, -1);
  };
  const write = (part: unknown): string => {
    if (part instanceof Literal) return part.text;
    if (typeof part === "string") return text(part);
    if (Array.isArray(part)) return `[${part.map((item) => `${space()}${write(item)}${space()}`).join(",")}]`;
    if (typeof part !== "object" || part === null) return JSON.stringify(part);
    const members = Object.entries(part).map(
      ([key, item]) => `${space()}${text(key)}${space()}:${space()}${write(item)}`,
    );
    return `{${members.join(",")}${space()}}`;
  };
  return `${space()}${write(value)}${space()}`;
}

/** Choices for {@link writeJson}; shrinks to plain JSON. */
export const writingChoices: fc.Arbitrary<readonly number[]> = fc
  .array(fc.nat(47), { maxLength: 40 })
  .map((list) => list.map((choice) => 47 - choice));
