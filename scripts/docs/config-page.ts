import { defaultText, rulesOf } from "../../src/config/table/kinds.ts";
import { fieldRows, sections, type FieldRow, type Section } from "../../src/config/table/table.ts";
import { code, markdownTable, pageHead, type Page } from "./page.ts";

/** docs/reference/config.md. */
export const configPage: Page = { file: "config.md", render };

function render(): string {
  return [
    pageHead("Configuration", "src/config/table/table.ts"),
    "Every field has a default. A YAML file (`--config`, `OUTRIDER_CONFIG`) overrides it, an environment variable overrides the file, and a flag overrides both.",
    "`outrider config print` shows the values in force and where each came from; `outrider check` lists every mistake with its place.",
    "",
    "- **Sizes** are bytes, or text with B, KiB, MiB or GiB: `65536`, `64KiB`. **Times** are milliseconds, or text with ms, s, m or h: `10000`, `10s`.",
    "- **Lists** are YAML lists in the file and comma-separated in flags and environment; the flag of a list may be given more than once.",
    "- **Switches** are `--log-access`, `--no-log-access` or `--log-access=false`.",
    "- The configuration holds no secrets: a field names the file with the secret.",
    "- **Reload**: on SIGHUP, and when the file changes (an editor's save, or a new version of a Kubernetes ConfigMap). A file with mistakes changes nothing. Fields that need a restart are listed in a warning.",
    "- An unknown `OUTRIDER_*` variable is a mistake, except for those that Kubernetes sets for services (`OUTRIDER_SERVICE_HOST`, `OUTRIDER_PORT_18080_TCP`, …).",
    "",
    "`config.schema.json`, in the same folder as this page, is for editors: `# yaml-language-server: $schema=config.schema.json`.",
    "",
    "## All fields",
    "",
    markdownTable(
      ["Field", "Default", "Flag", "Reload"],
      fieldRows.map((row) => [
        `[${code(row.path)}](#${anchor(row)})`,
        code(defaultText(row.field)),
        code(row.flag),
        row.field.reload ? "yes" : "restart",
      ]),
    ),
    "",
    ...sections.map(sectionText),
  ].join("\n");
}

function sectionText(section: Section): string {
  const rows = fieldRows.filter((row) => row.section === section.name);
  return [
    `## ${section.name === "" ? "Top of the file" : code(section.name)}`,
    "",
    section.doc,
    "",
    ...rows.map(fieldText),
  ].join("\n");
}

function fieldText(row: FieldRow): string {
  const { field } = row;
  const standard = defaultText(field);
  return [
    `### ${code(row.path)}`,
    "",
    field.doc,
    "",
    `- Expected: ${rulesOf(field).expected(field)}`,
    `- Default: ${standard === "" ? "not set" : code(standard)}`,
    `- Example: ${code(`${row.path}: ${JSON.stringify(field.example)}`)}`,
    `- Flag ${code(row.flag)}, environment ${code(row.environment)}`,
    field.reload ? "- Can be reloaded without a restart." : "- A change needs a restart.",
    "",
  ].join("\n");
}

function anchor(row: FieldRow): string {
  return row.path.replace(/[^a-z0-9_-]/g, "");
}
