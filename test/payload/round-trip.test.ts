import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Protocol } from "../../src/protocols/list.ts";
import { createReader } from "../support/create-reader.ts";
import type { Cell } from "../../src/payload/body-content.ts";
import { aBody, readAnswer, readRows, testLimits } from "../support/read-json-body.ts";

interface Table {
  readonly names: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

const cell: fc.Arbitrary<Cell> = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).filter((value) => !Number.isSafeInteger(Number(value))),
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.constantFrom("__proto__", "NaN", '"', "\\", ""),
  fc.boolean(),
  fc.constant(null),
);

const name = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.constantFrom("__proto__", "constructor", "toString", "b64", "length", "a.b", "a[0]"),
);

/** Keys that look like indices come first in every object, so such a table has no order of its own. */
const tables: fc.Arbitrary<Table> = fc
  .uniqueArray(
    name.filter((text) => !/^\d+$/.test(text)),
    { minLength: 1, maxLength: 6 },
  )
  .filter((names) => names.join() !== "b64")
  .chain((names) => {
    const row = fc.array(cell, { minLength: names.length, maxLength: names.length });
    return fc.record({ names: fc.constant(names), rows: fc.array(row, { minLength: 1, maxLength: 5 }) });
  });

/** JSON as TensorFlow Serving and Python write it: with NaN, Infinity and all digits of an integer. */
function write(value: unknown): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return writeNumber(value);
  if (Array.isArray(value)) return `[${value.map(write).join()}]`;
  if (value instanceof Map)
    return `{${[...value].map(([key, each]) => `${JSON.stringify(key)}:${write(each)}`).join()}}`;
  return JSON.stringify(value);
}

function writeNumber(value: number): string {
  if (Object.is(value, -0)) return "-0";
  const text = String(value);
  // Without a point it would be an integer that has to keep all its digits.
  return /^-?\d{16,}$/.test(text) ? `${text}.0` : text;
}

const object = (...members: readonly (readonly [string, unknown])[]): Map<string, unknown> => new Map(members);
const records = ({ names, rows }: Table): unknown =>
  rows.map((row) => object(...names.map((name, index) => [name, row[index]] as const)));
const columns = ({ names, rows }: Table): unknown =>
  object(...names.map((name, index) => [name, rows.map((row) => row[index])] as const));
const split = ({ names, rows }: Table): unknown => object(["columns", names], ["data", rows]);
const rowsAsLists = ({ rows }: Table): unknown => rows;

type Form = readonly [Protocol, string, (table: Table) => unknown];

const namedForms: readonly Form[] = [
  ["mlflow", "dataframe_split", split],
  ["mlflow", "dataframe_records", records],
  ["mlflow", "instances", records],
  ["mlflow", "inputs", records],
  ["mlflow", "inputs", columns],
  ["tensorflow-serving", "instances", records],
  ["tensorflow-serving", "inputs", columns],
  ["tensorflow-serving", "examples", records],
  ["kserve-v1", "instances", records],
  ["bentoml", "input", records],
  ["generic", "dataframe_split", split],
  ["generic", "instances", records],
];

const positionalForms: readonly Form[] = [
  ["mlflow", "instances", rowsAsLists],
  ["mlflow", "inputs", rowsAsLists],
  ["tensorflow-serving", "instances", rowsAsLists],
  ["tensorflow-serving", "inputs", rowsAsLists],
  ["kserve-v1", "instances", rowsAsLists],
  ["bentoml", "input", rowsAsLists],
  ["generic", "instances", rowsAsLists],
];

const named = (names: readonly string[], rows: Table["rows"]): unknown[] =>
  rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])));

describe("what a client writes is what is read", () => {
  it.each(namedForms)("%s: %s by name", (protocol, key, form) => {
    fc.assert(
      fc.property(tables, (table) => {
        expect(readRows(protocol, write(object([key, form(table)])))).toEqual(named(table.names, table.rows));
      }),
    );
  });

  it.each(positionalForms)("%s: %s by position", (protocol, key, form) => {
    fc.assert(
      fc.property(tables, (table) => {
        const positions = table.names.map((_, index) => `${index}`);
        expect(readRows(protocol, write(object([key, form(table)])))).toEqual(named(positions, table.rows));
      }),
    );
  });

  it("nested numbers keep their order, whatever their shape", () => {
    const shape = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(shape, fc.array(fc.double({ noNaN: true }), { minLength: 256, maxLength: 256 }), (sizes, numbers) => {
        const count = sizes.reduce((product, size) => product * size, 1);
        const row = numbers.slice(0, count);
        const tensor = sizes.slice(1).reduceRight<unknown[]>(chunk, row);
        const expected = Object.fromEntries(row.map((value, index) => [`${index}`, value]));
        expect(readRows("tensorflow-serving", write(object(["instances", [tensor, tensor]])))).toEqual([
          expected,
          expected,
        ]);
      }),
    );
  });

  it("plain predictions", () => {
    fc.assert(
      fc.property(fc.array(cell), (values) => {
        const body = write(object(["predictions", values]));
        const expected = { values, classes: [], probabilities: [], confidences: [] };
        for (const protocol of ["mlflow", "tensorflow-serving", "kserve-v1", "generic"] as const) {
          expect(readAnswer(protocol, body)).toEqual(expected);
        }
      }),
    );
  });

  it("probabilities, of which the largest is the prediction", () => {
    const weights = fc.array(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 3, maxLength: 3 }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(weights, (rows) => {
        const predictions = rows.map((row) => row.map((weight) => weight / row.reduce((sum, each) => sum + each, 0)));
        const answer = readAnswer("tensorflow-serving", { predictions });
        expect(answer).toEqual({
          values: predictions.map((row) => `${row.indexOf(Math.max(...row))}`),
          classes: ["0", "1", "2"],
          probabilities: predictions.flat(),
          confidences: predictions.map((row) => Math.max(...row)),
        });
      }),
    );
  });

  it("nothing of a body that was cut off", () => {
    const limits = testLimits;
    fc.assert(
      fc.property(tables, fc.constantFrom(...namedForms, ...positionalForms), (table, [protocol, key, form]) => {
        const { bytes } = aBody(write(object([key, form(table)])));
        const reader = createReader(protocol, { limits });
        for (let cut = 0; cut < bytes.length; cut++) {
          const body = { bytes: bytes.subarray(0, cut), contentType: "application/json", target: "/" };
          expect(reader.readRequest(body)).toEqual({ kind: "unread", reason: cut === 0 ? "empty" : "not_json" });
          expect(reader.readResponse(body)).toEqual({ kind: "unread", reason: cut === 0 ? "empty" : "not_json" });
        }
      }),
      { numRuns: 30 },
    );
  });
});

/** Cuts a list into lists of `size`. */
function chunk(list: unknown[], size: number): unknown[] {
  return Array.from({ length: list.length / size }, (_, index) => list.slice(index * size, (index + 1) * size));
}
