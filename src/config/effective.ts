/** The configuration in force, with the origin of each value. */
import { valueAt } from "./layers/assemble.ts";
import type { Input } from "./table/field.ts";
import { rulesOf } from "./table/kinds.ts";
import type { LoadedConfig } from "./load.ts";
import { formatOrigin } from "./origin.ts";
import { fieldRows, sections, type Config, type FieldRow } from "./table/table.ts";

/** One value in force, as `GET /config` and `config print --json` show it. */
export interface EffectiveValue {
  readonly path: string;
  /** As it would be written in the file; `null` when the field is not set. It is never a secret: fields name the files of secrets. */
  readonly value: Input | null;
  /** `default`, `outrider.yaml:3:5`, `OUTRIDER_LISTEN` or `--listen`. */
  readonly origin: string;
}

/** Every value in force, in the table's order. */
export function effectiveValues(loaded: Pick<LoadedConfig, "config" | "origins">): readonly EffectiveValue[] {
  return fieldRows.map((row) => ({
    path: row.path,
    value: inputAt(loaded.config, row) ?? null,
    origin: formatOrigin(loaded.origins.get(row.path) ?? { kind: "default" }),
  }));
}

/**
 * The configuration as a file with the origin of each value in a comment. Read again, it gives the same configuration;
 * a field that is not set becomes a comment.
 */
export function effectiveYaml(loaded: Pick<LoadedConfig, "config" | "origins">): string {
  const lines: string[] = [];
  for (const section of sections) {
    const indent = section.name === "" ? "" : "  ";
    if (section.name !== "") {
      lines.push(`${section.name}:`);
    }
    for (const row of fieldRows.filter((candidate) => candidate.section === section.name)) {
      const input = inputAt(loaded.config, row);
      const text = input === undefined ? `# ${row.key}: (not set)` : `${row.key}: ${yamlScalar(input)}`;
      const origin = formatOrigin(loaded.origins.get(row.path) ?? { kind: "default" });
      lines.push(`${`${indent}${text}`.padEnd(44)} # ${origin}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** The fields that differ between two configurations, in the table's order; values are compared as JSON. */
export function changedFields(before: Config, after: Config): readonly FieldRow[] {
  return fieldRows.filter((row) => JSON.stringify(valueAt(before, row)) !== JSON.stringify(valueAt(after, row)));
}

/** Paths of the changed fields that a reload cannot apply. */
export function restartPaths(before: Config, after: Config): readonly string[] {
  return changedFields(before, after)
    .filter((row) => !row.field.reload)
    .map((row) => row.path);
}

function inputAt(config: Config, row: FieldRow): Input | undefined {
  return rulesOf(row.field).toInput(valueAt(config, row) as never);
}

/** JSON is valid YAML except for a few control characters, which `JSON.stringify` escapes: its quoting fits both. */
function yamlScalar(input: Input): string {
  return JSON.stringify(input).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
