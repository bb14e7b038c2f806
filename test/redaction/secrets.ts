/** Secrets that tests plant, in all the ways in which they may be written. */
import * as fc from "fast-check";
import { cardDigits, groupedCard, Literal, writeJson, writingChoices } from "./a-redactor.ts";
import { anyText } from "../support/any-text.ts";

/** A secret as it is planted, and the texts of which none may show. */
export interface Secret {
  readonly planted: string | Literal;
  readonly needles: readonly string[];
}

const tokenText = fc.stringMatching(/^[A-Za-z0-9_-]{8,30}$/);
const webToken = fc
  .tuple(fc.stringMatching(/^[A-Za-z0-9_-]{5,20}$/), tokenText, tokenText)
  .map(([header, payload, signature]) => `eyJ${header}.${payload}.${signature}`);
const email = fc
  .tuple(fc.stringMatching(/^[a-z][a-z0-9._+-]{3,12}[a-z]$/), fc.stringMatching(/^[a-z]{4,9}\.(?:com|co\.uk|museum)$/))
  .map(([local, domain]) => `${local}@${domain}`);

/** A text that patterns are to find, and what of it is secret. */
export const secretText: fc.Arbitrary<{ readonly text: string; readonly secrets: readonly string[] }> = fc.oneof(
  groupedCard.map(({ digits, text }) => ({ text, secrets: [text, digits] })),
  email.map((text) => ({ text, secrets: [text] })),
  webToken.map((text) => ({ text, secrets: [text] })),
  fc
    .tuple(fc.constantFrom("Bearer ", "bearer  ", "BEARER: ", "Authorization: Bearer "), tokenText)
    .map(([word, token]) => ({ text: `${word}${token}`, secrets: [token] })),
);

const before = fc.constantFrom("", "x ", "id=", "12 ", "0.5 ", "é\n", "</", '"', "\\ ");
const after = fc.constantFrom("", " x", ".", " 99", ",", "\n", '"', "&b=%41");

const percentEncoded = (text: string): string =>
  Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

/** Ways to write a text within a text. */
const codings: fc.Arbitrary<(text: string, choices: readonly number[]) => string> = fc.constantFrom(
  (text: string) => text,
  (text: string) => encodeURIComponent(text),
  percentEncoded,
  (text: string) => percentEncoded(percentEncoded(text)),
  (text: string) => Buffer.from(`the text ${text}`).toString("base64"),
  (text: string) => Buffer.from(`the text ${text}`).toString("base64url"),
  (text: string) => Array.from(text, (character) => `&#${character.codePointAt(0)};`).join(""),
  (text: string, choices: readonly number[]) => writeJson(text, choices),
  (text: string, choices: readonly number[]) => writeJson([{ a: text }], choices),
  (text: string, choices: readonly number[]) => writeJson({ [text]: writeJson({ b: [1, text] }, choices) }, choices),
  (text: string, choices: readonly number[]) => writeJson(writeJson(writeJson({ b: text }, choices), choices), choices),
);

const escapedForms = (text: string): readonly string[] => [
  text,
  JSON.stringify(text).slice(1, -1),
  percentEncoded(text),
];

const codedSecret: fc.Arbitrary<Secret> = fc
  .record({ start: before, secret: secretText, end: after, coding: codings, choices: writingChoices })
  .map(({ start, secret, end, coding, choices }) => ({
    planted: coding(`${start}${secret.text}${end}`, choices),
    needles: secret.secrets.flatMap(escapedForms),
  }));

/** A card as a number, in any of the ways in which JSON writes it. */
function cardNumber(): fc.Arbitrary<Secret> {
  const write = fc.constantFrom<(digits: string) => string>(
    (digits) => digits,
    (digits) => `-${digits}`,
    (digits) => `${digits}.0`,
    (digits) => `${digits}e0`,
    (digits) => `${digits.slice(0, 1)}.${digits.slice(1)}e${digits.length - 1}`,
    (digits) => `${digits.slice(0, 3)}.${digits.slice(3)}25E+${digits.length - 3}`,
    (digits) => `${digits}00e-2`,
  );
  return fc.tuple(cardDigits, write).map(([digits, written]) => ({
    planted: new Literal(written(digits)),
    needles: [digits, digits.slice(1)],
  }));
}

export const patternSecret: fc.Arbitrary<Secret> = fc.oneof(
  { weight: 4, arbitrary: codedSecret },
  { weight: 1, arbitrary: cardNumber() },
);

/** Nor may what was planted show as it was written. */
export const writtenForms = (planted: string | Literal): readonly string[] =>
  planted instanceof Literal ? [planted.text] : [planted, JSON.stringify(planted).slice(1, -1)];

export const plainOf = (value: unknown): unknown => (value instanceof Literal ? Number(value.text) : value);

/** Any text or number that does not come about by chance. */
export const namedSecret: fc.Arbitrary<Secret> = fc.oneof(
  anyText({ minLength: 6, maxLength: 12 }).map((text) => {
    const planted = `q7${text}q7`;
    return { planted, needles: escapedForms(planted) };
  }),
  fc
    .integer({ min: 1_000_000_000 })
    .map((value) => ({ planted: new Literal(String(value)), needles: [String(value)] })),
  fc.stringMatching(/^[1-9]\d{18,22}$/).map((digits) => ({ planted: new Literal(digits), needles: [digits] })),
);
