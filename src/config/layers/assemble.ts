/** Merges the layers: every entry is parsed, the last one for a field wins. */
import * as v from "valibot";

import { defaultValue, rulesOf } from "../table/kinds.ts";
import type { Entry, Layer } from "./layer.ts";
import { expectationOf, showGiven, type Mistake } from "../mistake.ts";
import type { Origin } from "../origin.ts";
import { camelCase, fieldRows, type Config, type FieldRow } from "../table/table.ts";

/** The configuration merged from defaults, file, environment and flags, with every mistake found. */
export interface Assembly {
  /** Complete even with mistakes: a field with a wrong value has its default. */
  readonly config: Config;
  readonly origins: ReadonlyMap<string, Origin>;
  readonly mistakes: readonly Mistake[];
  /** Paths of fields with a wrong value. */
  readonly brokenPaths: ReadonlySet<string>;
}

/** Merges layers, weakest first. A wrong value is a mistake even if a stronger layer overrides it. */
export function assemble(layers: readonly Layer[]): Assembly {
  const values = new Map<string, unknown>();
  const origins = new Map<string, Origin>();
  const mistakes: Mistake[] = [];
  const brokenPaths = new Set<string>();
  for (const row of fieldRows) {
    values.set(row.path, defaultValue(row.field));
    origins.set(row.path, { kind: "default" });
  }
  for (const layer of layers) {
    mistakes.push(...layer.mistakes);
    for (const entry of layer.entries) {
      const result = v.safeParse(rulesOf(entry.row.field).schema(entry.row.field), entry.input);
      if (result.success) {
        values.set(entry.row.path, result.output);
        origins.set(entry.row.path, entry.origin);
      } else {
        brokenPaths.add(entry.row.path);
        mistakes.push(valueMistake(entry, result.issues));
      }
    }
  }
  return { config: nest(values), origins, mistakes, brokenPaths };
}

/** The parsed value of a field in a configuration; undefined for an optional field that is not set. */
export function valueAt(config: Config, row: FieldRow): unknown {
  const section = row.section === "" ? config : config[row.section];
  return (section as unknown as Readonly<Record<string, unknown>>)[camelCase(row.key)];
}

/** The configuration made of values by path; every field of the table must have one. */
export function nest(values: ReadonlyMap<string, unknown>): Config {
  const config: Record<string, unknown> = {};
  for (const row of fieldRows) {
    if (row.section === "") {
      config[camelCase(row.key)] = values.get(row.path);
    } else {
      const section = (config[row.section] ??= {}) as Record<string, unknown>;
      section[camelCase(row.key)] = values.get(row.path);
    }
  }
  // The keys follow from the table and the types from the schemas, which the compiler cannot see through the loop.
  return config as unknown as Config;
}

function valueMistake(entry: Entry, issues: readonly v.BaseIssue<unknown>[]): Mistake {
  const own = issues.find((issue) => issue.type === "raw_transform" || issue.type === "raw_check");
  return {
    origin: entry.origin,
    path: entry.row.path,
    problem: own?.message ?? "the value is not valid",
    given: showGiven(entry.input),
    expected: expectationOf(entry.row),
  };
}
