import type { ArraySchema, FormatSchema, ObjectSchema, StringSchema } from "./baseline-schema.ts";

/** What is wrong in a file, and where. */
export interface FormatProblem {
  /** JSON path, e.g. `$.features[3].edges`. */
  readonly path: string;
  readonly problem: string;
}

/** Problems listed at most: the first ones tell enough. */
export const maxProblems = 20;

/**
 * Adds to `problems` what a value breaks of a schema, until there are {@link maxProblems}. Nothing of a list that is too
 * long is looked at. Never throws; linear in the value.
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

/** The alternatives differ in the constant `kind`, which says whose problems are worth telling. */
function checkOneOf(value: unknown, schemas: readonly FormatSchema[], path: string, problems: FormatProblem[]): void {
  const kind = isRecord(value) && Object.hasOwn(value, "kind") ? value["kind"] : undefined;
  const kinds = schemas.map(kindOf);
  const schema = schemas[kinds.findIndex((known) => known === kind)];
  if (schema !== undefined) checkSchema(value, schema, path, problems);
  else problems.push({ path, problem: `an object is expected whose "kind" is one of ${kinds.join(", ")}` });
}

function kindOf(schema: FormatSchema): string | number | undefined {
  const kind = "properties" in schema ? schema.properties["kind"] : undefined;
  return kind !== undefined && "const" in kind ? kind.const : undefined;
}

function checkMembers(value: object, schema: ObjectSchema, path: string, problems: FormatProblem[]): void {
  const record = value as Readonly<Record<string, unknown>>;
  for (const name of schema.required) {
    if (!Object.hasOwn(record, name)) problems.push({ path: `${path}.${name}`, problem: "it is missing" });
  }
  for (const name of Object.keys(record)) {
    const member = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (member !== undefined) checkSchema(record[name], member, `${path}.${name}`, problems);
    else problems.push({ path, problem: `there is no field ${JSON.stringify(name.slice(0, 40))}` });
    if (problems.length >= maxProblems) return;
  }
}

function constProblem(value: unknown, expected: string | number): string | undefined {
  return value === expected ? undefined : `${JSON.stringify(expected)} is expected, ${shown(value)} was found`;
}

type TypedSchema = Extract<FormatSchema, { readonly type: string }>;

function typeProblem(value: unknown, schema: TypedSchema): string | undefined {
  switch (schema.type) {
    case "object":
      return isRecord(value) ? undefined : `an object is expected, ${shown(value)} was found`;
    case "array":
      return Array.isArray(value) ? lengthProblem(value, schema) : `a list is expected, ${shown(value)} was found`;
    case "boolean":
      return typeof value === "boolean" ? undefined : `true or false is expected, ${shown(value)} was found`;
    case "string":
      return typeof value === "string" ? textProblem(value, schema) : `a text is expected, ${shown(value)} was found`;
    default:
      return rangeProblem(value, schema.minimum ?? -Infinity, schema.maximum ?? Infinity);
  }
}

function lengthProblem({ length }: readonly unknown[], { minItems = 0, maxItems }: ArraySchema): string | undefined {
  if (length < minItems) return `at least ${minItems} items are expected, there are ${length}`;
  return length > maxItems ? `at most ${maxItems} items are expected, there are ${length}` : undefined;
}

function textProblem(value: string, schema: StringSchema): string | undefined {
  const { maxLength = Infinity, pattern, enum: words } = schema;
  if (value.length > maxLength && codePoints(value, maxLength) > maxLength)
    return `it is longer than ${maxLength} characters`;
  if (words !== undefined && !words.includes(value))
    return `one of ${words.join(", ")} is expected, ${shown(value)} was found`;
  if (pattern === undefined || new RegExp(pattern, "u").test(value)) return undefined;
  return `it does not look like ${pattern}: ${shown(value)}`;
}

/** Code points of a text, counted only as far as it matters. */
function codePoints(text: string, enough: number): number {
  return text.length > 2 * enough ? text.length : Array.from(text).length;
}

function rangeProblem(value: unknown, minimum: number, maximum: number): string | undefined {
  if (typeof value !== "number" || !Number.isFinite(value))
    return `a finite number is expected, ${shown(value)} was found`;
  if (value < minimum) return `at least ${minimum} is expected, ${value} was found`;
  return value > maximum ? `at most ${maximum} is expected, ${value} was found` : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
