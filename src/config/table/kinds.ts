/** The kinds of field: how a value is parsed, read from text, written back, and described in messages. */
import * as v from "valibot";

import { formatSampleRule } from "../../prediction-log/sampler/sample-rule.ts";
import { formatAddress } from "../../text/address.ts";
import { formatRedactionRule } from "../../redaction/redaction-rule.ts";
import { formatSize, formatTime, parseSize, parseTime, sizePattern, timePattern } from "../../text/quantity.ts";
import { parseAddress } from "../address.ts";
import { formatUpstream, parseUpstream } from "../upstream.ts";
import { choices } from "./choices.ts";
import type { Field, FieldKind } from "./field.ts";
import {
  fileRules,
  listFromText,
  listRules,
  numberFromText,
  parsed,
  parsedRules,
  sameInput,
  sameText,
  textRules,
  type FieldOf,
  type KindRules,
} from "./kind-rules.ts";
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

/** How the values of each kind are validated, parsed, printed and described. A new kind is a new row. */
const kinds: { readonly [Kind in FieldKind]: KindRules<FieldOf<Kind>> } = {
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
    expected: (field) =>
      `a size from ${formatSize(field.min)} to ${formatSize(field.max)}, units B, KiB, MiB, GiB${zeroNote(field)}`,
  },
  milliseconds: {
    schema: (field) => quantity(field, timePattern, parseTime),
    fromText: numberFromText,
    toInput: sameInput,
    expected: (field) =>
      `a time from ${formatTime(field.min)} to ${formatTime(field.max)}, units ms, s, m, h${zeroNote(field)}`,
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
  path: textRules<"path">(/^(\/[!-"$-~]{0,2000})?$/, "a path that begins with /"),
  baseline_file: fileRules("the path of a file"),
  certificate_file: fileRules("the path of a PEM file"),
  secret_file: fileRules("the path of a file"),
  folder: fileRules("the path of a folder"),
  header: parsedRules<"header">({
    parse: parseOptionalHeaderName,
    format: sameText,
    expected: "the name of a header",
  }),
  key_prefix: parsedRules<"key_prefix">({
    parse: parseKeyPrefix,
    format: sameText,
    expected: "1 to 128 letters, digits, and . _ : -",
  }),
  pointer: parsedRules<"pointer">({
    parse: parseOptionalPointer,
    format: (pointer) => pointer?.text ?? "",
    expected: "a JSON Pointer; `*` is any item of a list or an object",
  }),
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
  redis_url: parsedRules<"redis_url">({
    parse: parseRedisServerUrl,
    format: sameText,
    expected: "redis://host:port/database, rediss:// for TLS, or unix:///path of a socket",
  }),
  choice: {
    schema: (field) => v.picklist(choices[field.of]),
    fromText: sameText,
    toInput: sameInput,
    expected: (field) => `one of ${choices[field.of].join(", ")}`,
  },
  address: parsedRules<"address">({ parse: parseAddress, format: formatAddress, expected: "an address and a port" }),
  upstream: parsedRules<"upstream">({
    parse: parseUpstream,
    format: (upstream) => (upstream === undefined ? undefined : formatUpstream(upstream)),
    expected: "http://host:port or unix:/path of a socket",
  }),
};

/** The rules of a field's kind. */
export function rulesOf(field: Field): KindRules {
  // The table pairs each kind with its own rules, which the compiler cannot follow through a computed key.
  const rules: Readonly<Record<FieldKind, unknown>> = kinds;
  return rules[field.kind] as KindRules;
}

/** The default of a field for people, with units; empty if the field is not set by default. */
export function defaultText(field: Field): string {
  const { default: input, kind } = field;
  if (typeof input === "object") return input.join(",");
  if (kind === "bytes") return formatSize(field.default);
  return kind === "milliseconds" ? formatTime(field.default) : String(input ?? "");
}

/** The value of a field that no layer sets. The table's tests parse every default, so this does not throw. */
export function defaultValue(field: Field): unknown {
  const { default: input } = field;
  const rules = rulesOf(field);
  // Most values are their own input: parsing them would only cost time at the start.
  return input === undefined || rules.toInput === sameInput ? input : v.parse(rules.schema(field), input);
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
