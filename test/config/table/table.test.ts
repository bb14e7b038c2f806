import * as fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";

import { environmentLayer } from "../../../src/config/layers/environment-layer.ts";
import { defaultValue, rulesOf } from "../../../src/config/table/kinds.ts";
import { fieldRows, rowAt } from "../../../src/config/table/table.ts";
import { inputsOf } from "../field-inputs.ts";

describe("the table of fields", () => {
  it("has the fields that the relay and the edges are made of", () => {
    expect(fieldRows.map((row) => row.path)).toContain("limits.min_body_bytes_per_second");
    expect(rowAt("admin.listen")).toMatchObject({ flag: "--admin", environment: "OUTRIDER_ADMIN_LISTEN" });
    expect(rowAt("timeouts.first_byte_ms")).toMatchObject({
      flag: "--timeouts-first-byte-ms",
      environment: "OUTRIDER_TIMEOUTS_FIRST_BYTE_MS",
    });
    expect(rowAt("nothing")).toBeUndefined();
  });

  it("names every path, flag and environment variable once", () => {
    for (const key of ["path", "flag", "environment"] as const) {
      const names = fieldRows.map((row) => row[key]);
      expect(new Set(names).size, key).toBe(names.length);
    }
  });

  it("says in each name of a size or time what its unit is", () => {
    for (const { path, field } of fieldRows) {
      if (field.kind === "milliseconds") expect(path).toMatch(/_ms$/);
      if (field.kind === "bytes") expect(path).toMatch(/_bytes(_per_second)?$/);
    }
  });

  it("has no field whose environment variable looks like a Kubernetes service link", () => {
    const environment = Object.fromEntries(fieldRows.map((row) => [row.environment, "x"]));
    expect(environmentLayer(environment).entries).toHaveLength(fieldRows.length);
  });

  it.each(fieldRows.map((row) => [row.path, row] as const))("%s: default and example pass its own schema", (_, row) => {
    const rules = rulesOf(row.field);
    const schema = rules.schema(row.field);
    const value = defaultValue(row.field);
    expect(rules.toInput(value as never)).toEqual(row.field.default);
    expect(v.safeParse(schema, row.field.example).issues).toBeUndefined();
  });

  it.each(fieldRows.map((row) => [row.path, row] as const))(
    "%s: what is read, written and read again is the same, from a file and from text",
    (_, row) => {
      const rules = rulesOf(row.field);
      const schema = rules.schema(row.field);
      fc.assert(
        fc.property(inputsOf(row.field), (input) => {
          const value = v.parse(schema, input);
          const again = rules.toInput(value as never);
          expect(v.parse(schema, again)).toEqual(value);
          const text = Array.isArray(again) ? again.join(",") : String(again);
          expect(v.parse(schema, rules.fromText(text))).toEqual(value);
        }),
        { numRuns: 50 },
      );
    },
  );

  it.each(fieldRows.map((row) => [row.path, row] as const))("%s: refuses what it cannot mean", (_, row) => {
    const schema = rulesOf(row.field).schema(row.field);
    for (const wrong of [null, undefined, { a: 1 }, [1], [[]], Number.NaN, "\u0000"]) {
      expect(v.is(schema, wrong), JSON.stringify(wrong)).toBe(false);
    }
  });
});
