/**
 * The kinds of field: how the value of each is checked (valibot), read from the text of a flag or environment
 * variable, written back, and described to someone who got it wrong.
 */
import * as v from "valibot";

import { formatAddress, parseAddress, type Address, type Reading } from "../address.ts";
import { choices } from "./choices.ts";
import type { Field, FieldKind } from "./field.ts";
import { parseSize, parseTime, sizePattern, timePattern } from "../../text/quantity.ts";
import {
  labelPairProblem,
  nameProblem,
  pointerProblem,
  redactionRuleProblem,
  routeProblem,
  sampleRuleProblem,
  tokenProblem,
} from "./list-items.ts";
import { formatUpstream, parseUpstream, type Upstream } from "../upstream.ts";
import { urlProblem } from "./url-problem.ts";

/** A value as it stands in the file or in JSON. */
export type Input = string | number | boolean | readonly string[];

/** All that is known about one kind of field. */
export interface KindRules<F = Field> {
  /** Turns an input into the value; its issues of type `raw_*` carry the problem in words. */
  schema(field: F): v.GenericSchema<unknown, unknown>;
  /** Input for the text of a flag or environment variable; text that fits nothing stays text for the schema to refuse. */
  fromText(text: string): unknown;
  /** The input that gives this value; `undefined` when the value stands for "not set". */
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
  file: {
    schema: () => v.pipe(v.string(), v.regex(/^[^\0]{0,4096}$/)),
    fromText: sameText,
    toInput: sameInput,
    expected: () => "the path of a file",
  },
  secret_file: {
    schema: () => v.pipe(v.string(), v.regex(/^[^\0]{0,4096}$/)),
    fromText: sameText,
    toInput: sameInput,
    expected: () => "the path of a file",
  },
  routes: {
    schema: () => list(256, routeProblem),
    fromText: listFromText,
    toInput: sameInput,
    expected: () => "a list of `METHOD /path`: `*` is any method or part of one segment, `**` at the end is the rest",
  },
  tokens: {
    schema: () => list(16, tokenProblem),
    fromText: listFromText,
    toInput: sameInput,
    expected: () => "a list of upgrade tokens in lower case",
  },
  pointer: {
    schema: () => checkedText(pointerProblem),
    fromText: sameText,
    toInput: sameInput,
    expected: () => "a JSON Pointer; `*` is any item of a list or an object",
  },
  pointers: {
    schema: () => list(64, pointerProblem),
    fromText: listFromText,
    toInput: sameInput,
    expected: () => "a list of JSON Pointers; `*` is any item of a list or an object",
  },
  names: {
    schema: () => list(64, nameProblem),
    fromText: listFromText,
    toInput: sameInput,
    expected: () => "a list of names of at most 200 characters",
  },
  sample_rules: {
    schema: () => list(64, sampleRuleProblem),
    fromText: listFromText,
    toInput: sameInput,
    expected: () => "a list of `OUTCOME=RATIO` or `OUTCOME/VARIANT=RATIO`, with `*` for any",
  },
  redaction_rules: {
    schema: () => list(256, redactionRuleProblem),
    fromText: listFromText,
    toInput: sameInput,
    expected: () => "a list of `feature:NAME`, `pointer:/JSON/POINTER` or `header:NAME`",
  },
  label_pairs: {
    schema: () => list(15, labelPairProblem),
    fromText: listFromText,
    toInput: sameInput,
    expected: () => "a list of `NAME=VALUE`",
  },
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
    schema: (field) => checkedText((text) => urlProblem(text, field.schemes)),
    fromText: sameText,
    toInput: sameInput,
    expected: (field) => `an address that begins with ${field.schemes.map((scheme) => `${scheme}://`).join(" or ")}`,
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
    toInput: (value: Address) => formatAddress(value),
    expected: () => "an address and a port",
  },
  upstream: {
    schema: () => parsed(parseUpstream),
    fromText: sameText,
    toInput: (value: Upstream | undefined) => (value === undefined ? undefined : formatUpstream(value)),
    expected: () => "http://host:port or unix:/path of a socket",
  },
};

/** The rules for a field. */
export function rulesOf(field: Field): KindRules {
  // The table pairs each kind with its own rules, which the compiler cannot follow through a computed key.
  const rules: Readonly<Record<FieldKind, unknown>> = kinds;
  return rules[field.kind] as KindRules;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly zero?: string;
}

function zeroNote(field: Bounds): string {
  return field.zero === undefined ? "" : `; 0 is ${field.zero}`;
}

function wholeNumber({ min, max }: Bounds): v.GenericSchema<number, number> {
  return v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
}

function quantity(bounds: Bounds, pattern: RegExp, parse: (text: string) => number): v.GenericSchema<unknown, number> {
  const fromText = v.pipe(v.string(), v.regex(pattern), v.transform(parse), wholeNumber(bounds));
  return v.union([wholeNumber(bounds), fromText]);
}

function parsed<Value>(parse: (text: string) => Reading<Value>): v.GenericSchema<unknown, Value> {
  return v.pipe(
    v.string(),
    v.rawTransform<string, Value>(({ dataset, addIssue, NEVER }) => {
      const reading = parse(dataset.value);
      if (reading.kind === "ok") {
        return reading.value;
      }
      addIssue({ message: reading.problem });
      return NEVER;
    }),
  );
}

function list(maxLength: number, problemOf: (item: string) => string | undefined): v.GenericSchema<unknown, unknown> {
  return v.pipe(v.array(checkedText(problemOf)), v.maxLength(maxLength));
}

/** Text that a function finds nothing wrong with. */
function checkedText(problemOf: (text: string) => string | undefined): v.GenericSchema<unknown, string> {
  return v.pipe(
    v.string(),
    v.rawCheck(({ dataset, addIssue }) => {
      const problem = dataset.typed ? problemOf(dataset.value) : undefined;
      if (problem !== undefined) {
        addIssue({ message: problem });
      }
    }),
  );
}
