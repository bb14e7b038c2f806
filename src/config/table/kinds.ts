/**
 * The kinds of field: how the value of each is checked (valibot), read from the text of a flag or environment
 * variable, written back, and described to someone who got it wrong.
 */
import * as v from "valibot";

import { formatAddress, type Address, type TcpAddress } from "../../address.ts";
import type { JsonPointer } from "../../payload/json/json-pointer.ts";
import { formatSampleRule } from "../../prediction-log/sampler/sample-rule.ts";
import { formatRedactionRule } from "../../redaction/redaction-rule.ts";
import { parseSize, parseTime, sizePattern, timePattern } from "../../text/quantity.ts";
import { parseAddress } from "../address.ts";
import type { Parsed } from "../parsed.ts";
import { formatUpstream, parseUpstream } from "../upstream.ts";
import { choices } from "./choices.ts";
import type { Field, FieldKind, FileField, Input, ValueOfKind } from "./field.ts";
import {
  parseHeaderName,
  parseKeyPrefix,
  parseName,
  parseOptionalHeaderName,
  parseOptionalPointer,
  parsePointer,
  parseRedisServerUrl,
  parseRedaction,
  parseRoute,
  parseSample,
  parseServerUrl,
  parseStaticLabel,
  parseUpgradeToken,
} from "./parsers.ts";

/** All that is known about one kind of field. */
export interface KindRules<F = Field> {
  /** Turns an input into the parsed value; its issues of type `raw_*` carry the problem in words. */
  schema(field: F): v.GenericSchema<unknown, unknown>;
  /** Input for the text of a flag or environment variable; text that fits nothing stays text for the schema to refuse. */
  fromText(text: string): unknown;
  /** An input that gives this value again; `undefined` when the value stands for "not set" and no input gives it. */
  toInput(value: never): Input | undefined;
  /** What a right value looks like, without an example. */
  expected(field: F): string;
}

type FieldOf<Kind extends FieldKind> = Field & { readonly kind: Kind };

const sameText = (text: string): string => text;

const sameInput = (value: Input): Input => value;

const numberFromText = (text: string): unknown => (/^-?\d+$/.test(text) ? Number(text) : text);

// An empty text is an empty list, so that an environment variable can take back what a file lists.
const listFromText = (text: string): readonly string[] =>
  text.trim() === "" ? [] : text.split(",").map((item) => item.trim());

/** The rules of each kind. */
export const kinds: { readonly [Kind in FieldKind]: KindRules<FieldOf<Kind>> } = {
  integer: {
    schema: (field) => wholeNumber(field),
    fromText: numberFromText,
    toInput: sameInput,
    expected: (field) => `a whole number from ${field.min} to ${field.max}${zeroNote(field)}`,
  },
  bytes: {
    schema: (field) => quantity(field, sizePattern, parseSize),
    fromText: numberFromText,
    toInput: sameInput,
    expected: (field) => `a size from ${field.min} to ${field.max} bytes, units B, KiB, MiB, GiB${zeroNote(field)}`,
  },
  milliseconds: {
    schema: (field) => quantity(field, timePattern, parseTime),
    fromText: numberFromText,
    toInput: sameInput,
    expected: (field) => `a time from ${field.min} to ${field.max} milliseconds, units ms, s, m, h${zeroNote(field)}`,
  },
  ratio: {
    schema: () => v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
    fromText: (text) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : text),
    toInput: sameInput,
    expected: () => "a number from 0 to 1",
  },
  boolean: {
    schema: () => v.boolean(),
    fromText: (text) => (text === "true" ? true : text === "false" ? false : text),
    toInput: sameInput,
    expected: () => "true or false",
  },
  name: {
    schema: () => v.pipe(v.union([v.string(), v.number()]), v.transform(String), v.regex(/^[^\p{Cc}\p{Cs}]{0,200}$/u)),
    fromText: sameText,
    toInput: sameInput,
    expected: () => "text of at most 200 characters without control characters",
  },
  path: {
    schema: () => v.pipe(v.string(), v.regex(/^(\/[!-"$-~]{0,2000})?$/)),
    fromText: sameText,
    toInput: sameInput,
    expected: () => "a path that begins with /",
  },
  baseline_file: fileRules("the path of a file"),
  certificate_file: fileRules("the path of a PEM file"),
  secret_file: fileRules("the path of a file"),
  folder: fileRules("the path of a folder"),
  header: {
    schema: () => parsed(parseOptionalHeaderName),
    fromText: sameText,
    toInput: sameInput,
    expected: () => "the name of a header",
  },
  key_prefix: {
    schema: () => parsed(parseKeyPrefix),
    fromText: sameText,
    toInput: sameInput,
    expected: () => "1 to 128 letters, digits, and . _ : -",
  },
  pointer: {
    schema: () => parsed(parseOptionalPointer),
    fromText: sameText,
    toInput: (value: JsonPointer | undefined) => value?.text ?? "",
    expected: () => "a JSON Pointer; `*` is any item of a list or an object",
  },
  pointers: listRules<"pointers">({
    maxLength: 64,
    parse: parsePointer,
    format: ({ text }) => text,
    expected: "a list of JSON Pointers; `*` is any item of a list or an object",
  }),
  routes: listRules<"routes">({
    maxLength: 256,
    parse: parseRoute,
    format: ({ text }) => text,
    expected: "a list of `METHOD /path`: `*` is any method or part of one segment, `**` at the end is the rest",
  }),
  tokens: listRules<"tokens">({
    maxLength: 16,
    parse: parseUpgradeToken,
    format: sameText,
    expected: "a list of upgrade tokens in lower case",
  }),
  names: listRules<"names">({
    maxLength: 64,
    parse: parseName,
    format: sameText,
    expected: "a list of names of at most 200 characters",
  }),
  headers: listRules<"headers">({
    maxLength: 64,
    parse: parseHeaderName,
    format: sameText,
    expected: "a list of header names",
  }),
  sample_rules: listRules<"sample_rules">({
    maxLength: 64,
    parse: parseSample,
    format: formatSampleRule,
    expected: "a list of `OUTCOME=RATIO` or `OUTCOME/VARIANT=RATIO`, with `*` for any",
  }),
  redaction_rules: listRules<"redaction_rules">({
    maxLength: 256,
    parse: parseRedaction,
    format: formatRedactionRule,
    expected: "a list of `feature:NAME`, `pointer:/JSON/POINTER` or `header:NAME`",
  }),
  static_labels: listRules<"static_labels">({
    maxLength: 15,
    parse: parseStaticLabel,
    format: ({ name, value }) => `${name}=${value}`,
    expected: "a list of `NAME=VALUE`",
  }),
  words: {
    schema: (field) =>
      v.pipe(
        v.array(v.picklist(choices[field.of])),
        v.transform((words) => [...new Set(words)]),
      ),
    fromText: listFromText,
    toInput: sameInput,
    expected: (field) => `a list of ${choices[field.of].join(", ")}`,
  },
  url: {
    schema: (field) => parsed((text) => parseServerUrl(text, field.schemes)),
    fromText: sameText,
    toInput: sameInput,
    expected: (field) => `a URL that begins with ${field.schemes.map((scheme) => `${scheme}://`).join(" or ")}`,
  },
  redis_url: {
    schema: () => parsed(parseRedisServerUrl),
    fromText: sameText,
    toInput: sameInput,
    expected: () => "redis://host:port/database, rediss:// for TLS, or unix:///path of a socket",
  },
  choice: {
    schema: (field) => v.picklist(choices[field.of]),
    fromText: sameText,
    toInput: sameInput,
    expected: (field) => `one of ${choices[field.of].join(", ")}`,
  },
  address: {
    schema: () => parsed(parseAddress),
    fromText: sameText,
    toInput: (value: TcpAddress) => formatAddress(value),
    expected: () => "an address and a port",
  },
  upstream: {
    schema: () => parsed(parseUpstream),
    fromText: sameText,
    toInput: (value: Address | undefined) => (value === undefined ? undefined : formatUpstream(value)),
    expected: () => "http://host:port or unix:/path of a socket",
  },
};

/** The rules for a field. */
export function rulesOf(field: Field): KindRules {
  // The table pairs each kind with its own rules, which the compiler cannot follow through a computed key.
  const rules: Readonly<Record<FieldKind, unknown>> = kinds;
  return rules[field.kind] as KindRules;
}

/** The value of a field that no layer sets. The table's tests parse every default, so this does not throw. */
export function defaultValue(field: Field): unknown {
  const { default: input } = field;
  return input === undefined ? undefined : v.parse(rulesOf(field).schema(field), input);
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly zero?: string;
}

function zeroNote(field: Bounds): string {
  return field.zero === undefined ? "" : `; 0 means ${field.zero}`;
}

function wholeNumber({ min, max }: Bounds): v.GenericSchema<number, number> {
  return v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
}

function quantity(bounds: Bounds, pattern: RegExp, parse: (text: string) => number): v.GenericSchema<unknown, number> {
  const fromText = v.pipe(v.string(), v.regex(pattern), v.transform(parse), wholeNumber(bounds));
  return v.union([wholeNumber(bounds), fromText]);
}

function fileRules<Kind extends FileField["kind"]>(expected: string): KindRules<FieldOf<Kind>> {
  return {
    schema: () => v.pipe(v.string(), v.regex(/^[^\0]{0,4096}$/)),
    fromText: sameText,
    toInput: sameInput,
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

/** The rules of a kind of list. */
function listRules<Kind extends ListKind>({
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

/** The value that a parser makes of a text. */
function parsed<Value>(parse: (text: string) => Parsed<Value>): v.GenericSchema<unknown, Value> {
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
