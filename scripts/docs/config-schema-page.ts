import { toJsonSchema } from "@valibot/to-json-schema";

import { rulesOf } from "../../src/config/table/kinds.ts";
import { fieldRows, sections, type FieldRow, type Section } from "../../src/config/table/table.ts";
import type { Page } from "./page.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** docs/reference/config.schema.json: the schema of the file, for editors and pipelines. */
export const configSchemaPage: Page = { file: "config.schema.json", render };

function render(): string {
  const groups = sections.filter((section) => section.name !== "");
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Outrider configuration",
    type: "object",
    additionalProperties: false,
    properties: {
      ...fieldSchemas(""),
      ...Object.fromEntries(groups.map((section) => [section.name, sectionSchema(section)])),
    },
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

function sectionSchema(section: Section): JsonObject {
  return {
    description: section.doc,
    // A section with all its lines commented out is read as null.
    type: ["object", "null"],
    additionalProperties: false,
    properties: fieldSchemas(section.name),
  };
}

function fieldSchemas(section: Section["name"]): JsonObject {
  return Object.fromEntries(
    fieldRows.filter((row) => row.section === section).map((row) => [row.key, fieldSchema(row)]),
  );
}

/** Grammars that only code can check (addresses, route rules) are not in the schema; `outrider check` checks them. */
function fieldSchema({ field }: FieldRow): JsonObject {
  const rules = rulesOf(field);
  const { $schema: _, ...schema } = toJsonSchema(rules.schema(field), { typeMode: "input", errorMode: "ignore" });
  return {
    description: field.doc,
    ...schema,
    default: field.default,
    examples: [field.example],
  };
}
