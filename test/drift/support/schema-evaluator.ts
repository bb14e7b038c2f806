/** A second, naive reading of the few words of JSON Schema that baseline.schema.json uses. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

type Check = (value: unknown, argument: unknown, schema: JsonSchema) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
};

const ignored: Check = () => true;

const checks: Readonly<Record<string, Check>> = {
  $schema: ignored,
  title: ignored,
  description: ignored,
  type: (value, name) => types[name as string]!(value),
  const: (value, expected) => value === expected,
  enum: (value, words) => (words as unknown[]).includes(value),
  oneOf: (value, schemas) => (schemas as JsonSchema[]).filter((schema) => obeys(value, schema)).length === 1,
  required: (value, names) => !isObject(value) || (names as string[]).every((name) => Object.hasOwn(value, name)),
  properties: (value, properties) =>
    !isObject(value) ||
    Object.entries(properties as Record<string, JsonSchema>).every(
      ([name, schema]) => !Object.hasOwn(value, name) || obeys(value[name], schema),
    ),
  additionalProperties: (value, allowed, { properties }) =>
    !isObject(value) ||
    allowed === true ||
    Object.keys(value).every((name) => Object.hasOwn(properties as object, name)),
  items: (value, schema) => !Array.isArray(value) || value.every((item) => obeys(item, schema as JsonSchema)),
  minItems: (value, least) => !Array.isArray(value) || value.length >= (least as number),
  maxItems: (value, most) => !Array.isArray(value) || value.length <= (most as number),
  minimum: (value, least) => typeof value !== "number" || value >= (least as number),
  maximum: (value, most) => typeof value !== "number" || value <= (most as number),
  maxLength: (value, most) => typeof value !== "string" || Array.from(value).length <= (most as number),
  pattern: (value, pattern) => typeof value !== "string" || new RegExp(pattern as string, "u").test(value),
};

/** True when a value obeys a schema. Throws for a keyword that it does not know. */
export function obeys(value: unknown, schema: JsonSchema): boolean {
  return Object.entries(schema).every(([keyword, argument]) => {
    const check = checks[keyword];
    if (check === undefined) throw new Error(`unknown keyword ${keyword}`);
    return check(value, argument, schema);
  });
}
