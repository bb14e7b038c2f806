/** Random valid values for every field, as in a file. */
import * as fc from "fast-check";

import { choices } from "../../src/config/table/choices.ts";
import type { Field, FieldKind, Input } from "../../src/config/table/field.ts";
import { fieldRows } from "../../src/config/table/table.ts";
import { outcomes } from "../../src/outcome.ts";

const port = fc.integer({ min: 0, max: 65_535 });

const host = fc.constantFrom("0.0.0.0", "127.0.0.1", "localhost", "[::]", "[::1]", "model-server.prod.svc");

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,10}$/);

const pointer = fc
  .array(fc.oneof(word, fc.constant("*")), { minLength: 1, maxLength: 4 })
  .map((steps) => `/${steps.join("/")}`);

type NumberField = Field & { readonly kind: "integer" | "bytes" | "milliseconds" };

const numbers = (field: Field): fc.Arbitrary<Input> => {
  const { min, max } = field as NumberField;
  return fc.integer({ min, max });
};

const inputs: Readonly<Record<FieldKind, (field: Field) => fc.Arbitrary<Input>>> = {
  integer: numbers,
  bytes: numbers,
  milliseconds: numbers,
  ratio: () => fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000),
  boolean: () => fc.boolean(),
  name: () => fc.string({ maxLength: 40, unit: "grapheme" }).filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text)),
  path: () => word.map((text) => `/${text}`),
  certificate_file: () => word.map((text) => `/etc/${text}.pem`),
  redis_url: () => fc.tuple(word, fc.nat({ max: 15 })).map(([name, database]) => `redis://${name}/${database}`),
  baseline_file: () => word.map((text) => `/etc/${text}.json`),
  secret_file: () => fc.constant(""),
  folder: () => word.map((text) => `/var/${text}`),
  header: () => word,
  headers: () => fc.array(word, { maxLength: 4 }),
  key_prefix: () => word,
  pointer: () => pointer,
  pointers: () => fc.array(pointer, { maxLength: 4 }),
  url: (field) => {
    const { schemes } = field as Field & { readonly kind: "url" };
    return fc.tuple(fc.constantFrom(...schemes), word).map(([scheme, name]) => `${scheme}://${name}/${name}`);
  },
  routes: () =>
    fc.array(
      word.map((text) => `GET /${text}/**`),
      { maxLength: 4 },
    ),
  tokens: () => fc.array(word, { maxLength: 4 }),
  names: () => fc.array(word, { maxLength: 4 }),
  sample_rules: () =>
    fc.array(
      fc
        .tuple(fc.constantFrom("*", ...outcomes), word, fc.integer({ min: 0, max: 1000 }))
        .map(([outcome, variant, thousandths]) => `${outcome}/${variant}=${thousandths / 1000}`),
      { maxLength: 4 },
    ),
  redaction_rules: () =>
    fc.array(
      fc.oneof(
        word.map((text) => `feature:${text}`),
        word.map((text) => `header:${text}`),
        pointer.filter((text) => text !== "").map((text) => `pointer:${text}`),
      ),
      { maxLength: 4 },
    ),
  static_labels: () =>
    fc.array(
      fc.tuple(word, word).map(([name, value]) => `l${name.replace(/\W/g, "_")}=${value}`),
      { maxLength: 4 },
    ),
  words: (field) => fc.uniqueArray(fc.constantFrom(...choices[(field as Field & { readonly kind: "words" }).of])),
  choice: (field) => fc.constantFrom(...choices[(field as Field & { readonly kind: "choice" }).of]),
  address: () => fc.tuple(host, port).map(([name, number]) => `${name}:${number}`),
  upstream: () =>
    fc.oneof(
      fc.tuple(host, fc.integer({ min: 1, max: 65_535 })).map(([name, number]) => `http://${name}:${number}`),
      word.map((text) => `unix:/run/${text}.sock`),
    ),
};

/** Random inputs that a field's schema takes. */
export function inputsOf(field: Field): fc.Arbitrary<Input> {
  return inputs[field.kind](field);
}

/** Random valid values for any set of fields, by path; each value is right alone, not always beside the others. */
export const fieldInputs: fc.Arbitrary<Partial<Record<string, Input>>> = fc.record(
  Object.fromEntries(fieldRows.map((row) => [row.path, inputsOf(row.field)])),
  { requiredKeys: [] },
);
