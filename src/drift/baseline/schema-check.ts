/**
 * Checks a value against {@link FormatSchema}, which is the published JSON Schema itself. A validation library would
 * copy the whole value, and check every item of a list that is too long.
 */
import type { ArraySchema, FormatSchema, ObjectSchema, StringSchema } from "./baseline-schema.ts";

/** A problem in a file, and its place. */
export interface FormatProblem {
  /** JSON path, e.g. `$.features[3].edges`. */
  readonly path: string;
  readonly problem: string;
}

/** Maximum number of problems in one list; checking stops there. */
export const maxProblems = 20;

/**
 * Adds the violations of a schema to `problems`, up to {@link maxProblems}. The items of a list that is too long are
 * not checked. Never throws; linear in the value.
 */
export function checkSchema(value: unknown, schema: FormatSchema, path: string, problems: FormatProblem[]): void {
  if (problems.length >= maxProblems) return;
  if ("oneOf" in schema) {
    checkOneOf(value, schema.oneOf, path, problems);
    return;
  }
  const problem = "const" in schema ? constProblem(value, schema.const) : typeProblem(value, schema);
  if (problem !== undefined) problems.push({ path, problem });
  else if ("type" in schema && schema.type === "object") checkMembers(value as object, schema, path, problems);
  else if ("type" in schema && schema.type === "array") {
    for (const [index, item] of (value as unknown[]).entries()) {
      checkSchema(item, schema.items, `${path}[${index}]`, problems);
    }
  }
}

/** The alternatives differ in the constant `kind`: only the one with the value's kind is checked. */
function checkOneOf(value: unknown, schemas: readonly FormatSchema[], path: string, problems: FormatProblem[]): void {
  const kind = isRecord(value) && Object.hasOwn(value, "kind") ? value["kind"] : undefined;
  const kinds = schemas.map(kindOf);
  const schema = schemas[kinds.findIndex((known) => known === kind)];
  if (schema !== undefined) checkSchema(value, schema, path, problems);
  else problems.push({ path, problem: `expected an object whose "kind" is one of ${kinds.join(", ")}` });
}

function kindOf(schema: FormatSchema): string | number | undefined {
  const kind = "properties" in schema ? schema.properties["kind"] : undefined;
  return kind !== undefined && "const" in kind ? kind.const : undefined;
}

function checkMembers(value: object, schema: ObjectSchema, path: string, problems: FormatProblem[]): void {
  const record = value as Readonly<Record<string, unknown>>;
  for (const name of schema.required) {
    if (!Object.hasOwn(record, name)) problems.push({ path: `${path}.${name}`, problem: "missing" });
  }
  for (const name of Object.keys(record)) {
    const member = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (member !== undefined) checkSchema(record[name], member, `${path}.${name}`, problems);
    else problems.push({ path, problem: `unknown field ${JSON.stringify(name.slice(0, 40))}` });
    if (problems.length >= maxProblems) return;
  }
}

function constProblem(value: unknown, expected: string | number): string | undefined {
  return value === expected ? undefined : `expected ${JSON.stringify(expected)}, found ${shown(value)}`;
}

type TypedSchema = Extract<FormatSchema, { readonly type: string }>;

function typeProblem(value: unknown, schema: TypedSchema): string | undefined {
  switch (schema.type) {
    case "object":
      return isRecord(value) ? undefined : `expected an object, found ${shown(value)}`;
    case "array":
      return Array.isArray(value) ? lengthProblem(value, schema) : `expected a list, found ${shown(value)}`;
    case "boolean":
      return typeof value === "boolean" ? undefined : `expected true or false, found ${shown(value)}`;
    case "string":
      return typeof value === "string" ? textProblem(value, schema) : `expected a string, found ${shown(value)}`;
    default:
      return rangeProblem(value, schema.minimum ?? -Infinity, schema.maximum ?? Infinity);
  }
}

function lengthProblem({ length }: readonly unknown[], { minItems = 0, maxItems }: ArraySchema): string | undefined {
  if (length < minItems) return `expected at least ${minItems} items, found ${length}`;
  return length > maxItems ? `expected at most ${maxItems} items, found ${length}` : undefined;
}

function textProblem(value: string, schema: StringSchema): string | undefined {
  const { maxLength = Infinity, pattern, enum: words } = schema;
  if (value.length > maxLength && codePoints(value, maxLength) > maxLength)
    return `longer than ${maxLength} characters`;
  if (words !== undefined && !words.includes(value))
    return `expected one of ${words.join(", ")}, found ${shown(value)}`;
  if (pattern === undefined || new RegExp(pattern, "u").test(value)) return undefined;
  return `does not match ${pattern}: ${shown(value)}`;
}

/** Code points of a text, counted only as far as it matters. */
function codePoints(text: string, enough: number): number {
  return text.length > 2 * enough ? text.length : Array.from(text).length;
}

function rangeProblem(value: unknown, minimum: number, maximum: number): string | undefined {
  if (typeof value !== "number" || !Number.isFinite(value)) return `expected a finite number, found ${shown(value)}`;
  if (value < minimum) return `expected at least ${minimum}, found ${value}`;
  return value > maximum ? `expected at most ${maximum}, found ${value}` : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
