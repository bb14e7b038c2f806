/** Builders for the rules of kinds of field: texts, numbers, files, lists, and texts with a grammar. */
import * as v from "valibot";

import type { Parsed } from "../parsed.ts";
import type { Field, FieldKind, FileField, Input, ValueOfKind } from "./field.ts";

/** How the values of one kind of field are validated, read from text, printed and described. */
export interface KindRules<F = Field> {
  /** Turns an input into the parsed value; its issues of type `raw_*` carry the problem in words. */
  schema(field: F): v.GenericSchema<unknown, unknown>;
  /** The input for the text of a flag or environment variable; the schema refuses text that could not be converted. */
  fromText(text: string): unknown;
  /** An input that gives this value again; `undefined` if no input gives it. */
  toInput(value: never): Input | undefined;
  /** Description of a valid value, without an example. */
  expected(field: F): string;
}

/** The field type of one kind, e.g. `FieldOf<"integer">`. */
export type FieldOf<Kind extends FieldKind> = Field & { readonly kind: Kind };

/** Rules of a text that is its own value; the pattern must fit the whole text. */
export function textRules<Kind extends FieldKind>(pattern: RegExp, expected: string): KindRules<FieldOf<Kind>> {
  return {
    schema: () => v.pipe(v.string(), v.regex(pattern)),
    fromText: sameText,
    toInput: sameInput,
    expected: () => expected,
  };
}

/** Rules of the path of a file or folder. What the file holds is checked later, see load.ts. */
export function fileRules<Kind extends FileField["kind"]>(expected: string): KindRules<FieldOf<Kind>> {
  return textRules<Kind>(/^[^\0]{0,4096}$/, expected);
}

/** How texts of a kind are parsed and written. */
interface Grammar<Value> {
  readonly parse: (text: string) => Parsed<Value>;
  /** A text that `parse` gives an equal value for; `undefined` if there is none. */
  readonly format: (value: Value) => string | undefined;
  readonly expected: string;
}

/** Rules of a text with a grammar; the value is what its parser returns. */
export function parsedRules<Kind extends keyof ValueOfKind>({
  parse,
  format,
  expected,
}: Grammar<ValueOfKind[Kind]>): KindRules<FieldOf<Kind>> {
  return {
    schema: () => parsed(parse),
    fromText: sameText,
    toInput: (value: ValueOfKind[Kind]) => format(value),
    expected: () => expected,
  };
}

type ListKind = {
  [Kind in keyof ValueOfKind]: ValueOfKind[Kind] extends readonly unknown[] ? Kind : never;
}[keyof ValueOfKind];

interface ListGrammar<Item> {
  readonly maxLength: number;
  readonly parse: (text: string) => Parsed<Item>;
  readonly format: (item: Item) => string;
  readonly expected: string;
}

/** Rules of a list of texts with a grammar. */
export function listRules<Kind extends ListKind>({
  maxLength,
  parse,
  format,
  expected,
}: ListGrammar<ValueOfKind[Kind][number]>): KindRules<FieldOf<Kind>> {
  const schema = v.pipe(v.array(parsed(parse)), v.maxLength(maxLength));
  return {
    schema: () => schema,
    fromText: listFromText,
    toInput: (items: ValueOfKind[Kind]) => items.map((item) => format(item)),
    expected: () => expected,
  };
}

/** The schema of a text with a grammar: the problem that the parser finds is the message of the issue. */
export function parsed<Value>(parse: (text: string) => Parsed<Value>): v.GenericSchema<unknown, Value> {
  return v.pipe(
    v.string(),
    v.rawTransform<string, Value>(({ dataset, addIssue, NEVER }) => {
      const result = parse(dataset.value);
      if (result.kind === "ok") {
        return result.value;
      }
      addIssue({ message: result.problem });
      return NEVER;
    }),
  );
}

/** `fromText` of kinds whose input is text. */
export const sameText: (text: string) => string = (text) => text;

/** `toInput` of kinds whose parsed value equals the input. */
export const sameInput: (value: Input) => Input = (value) => value;

/** The number of a text of digits; other text stays text. */
export const numberFromText: (text: string) => unknown = (text) => (/^-?\d+$/.test(text) ? Number(text) : text);

/** The items between commas. An empty text is an empty list, so that an environment variable can clear the list of a file. */
export const listFromText: (text: string) => readonly string[] = (text) =>
  text.trim() === "" ? [] : text.split(",").map((item) => item.trim());
