import { baselineSchema } from "../../src/drift/baseline/baseline-schema.ts";
import type { Page } from "./page.ts";

/** The JSON Schema of a baseline file. */
export const baselineSchemaPage: Page = {
  file: "baseline.schema.json",
  render: () => {
    const schema = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "Baseline of Outrider",
      ...baselineSchema,
    };
    return `${JSON.stringify(schema, null, 2)}\n`;
  },
};
