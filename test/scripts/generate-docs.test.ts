import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";

import { stalePages, writePages } from "../../scripts/generate-docs.ts";
import { commands } from "../../src/cli/program/table.ts";
import { fieldRows } from "../../src/config/table/table.ts";
import { commandErrors } from "../../src/errors/command-errors.ts";
import { wireErrors } from "../../src/errors/wire-errors.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

async function writtenPages(): Promise<{ readonly directory: string; text(file: string): Promise<string> }> {
  const directory = await temporaryDirectory();
  await writePages(directory);
  return { directory, text: (file) => readFile(path.join(directory, file), "utf8") };
}

describe("the reference pages", () => {
  it("hold every field, flag, variable, command and error", async () => {
    const { text } = await writtenPages();
    const config = await text("config.md");
    for (const { path: field, flag, environment } of fieldRows) {
      for (const name of [field, flag, environment]) expect(config).toContain(`\`${name}\``);
    }
    const cli = await text("cli.md");
    for (const { name } of commands) expect(cli).toContain(`## \`outrider ${name}\``);
    const errors = await text("errors.md");
    for (const code of Object.keys({ ...wireErrors, ...commandErrors })) expect(errors).toContain(`\`${code}\``);
  });

  it("hold a JSON Schema with every field, its default and its example", async () => {
    const { text } = await writtenPages();
    const schema = JSON.parse(await text("config.schema.json")) as JsonSchema;
    for (const { section, key, field } of fieldRows) {
      const properties = section === "" ? schema.properties : schema.properties?.[section]?.properties;
      expect(properties?.[key]).toMatchObject({ description: field.doc, examples: [field.example] });
      expect(Object.hasOwn(properties?.[key] ?? {}, "default")).toBe(field.default !== undefined);
    }
    expect(schema.additionalProperties).toBe(false);
  });

  it("are called stale when one was changed, is missing or belongs to no table", async () => {
    const { directory, text } = await writtenPages();
    expect(await stalePages(directory)).toEqual([]);
    await writeFile(path.join(directory, "cli.md"), `${await text("cli.md")} `);
    await rm(path.join(directory, "errors.md"));
    await writeFile(path.join(directory, "extra.md"), "");
    expect(await stalePages(directory)).toEqual(["errors.md", "cli.md", "extra.md"]);
  });

  it("have tables with the same number of cells in every line", async () => {
    const { text } = await writtenPages();
    for (const file of ["config.md", "cli.md", "errors.md", "metrics.md", "routes.md", "admin-api.md"]) {
      const lines = (await text(file)).split("\n");
      for (const [index, line] of lines.entries()) {
        const before = lines[index - 1] ?? "";
        if (line.startsWith("|") && before.startsWith("|")) expect(cells(line), line).toBe(cells(before));
      }
    }
  });
});

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean;
}

const cells = (line: string): number => line.replaceAll("\\|", "").split("|").length;
