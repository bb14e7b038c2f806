/** The flags of the configuration fields. */
import { choices } from "../../config/table/choices.ts";
import type { FieldKind } from "../../config/table/field.ts";
import { defaultText } from "../../config/table/kinds.ts";
import { fieldRows, type FieldRow } from "../../config/table/table.ts";
import type { FlagSpec } from "../program/command.ts";

const placeholders: Readonly<Record<Exclude<FieldKind, "boolean">, string>> = {
  integer: "NUMBER",
  bytes: "SIZE",
  milliseconds: "TIME",
  ratio: "RATIO",
  name: "TEXT",
  path: "PATH",
  certificate_file: "FILE",
  baseline_file: "FILE",
  secret_file: "FILE",
  folder: "FOLDER",
  header: "NAME",
  key_prefix: "PREFIX",
  pointer: "POINTER",
  pointers: "POINTER,…",
  url: "URL",
  redis_url: "URL",
  routes: "RULE,…",
  tokens: "TOKEN,…",
  names: "NAME,…",
  headers: "NAME,…",
  sample_rules: "RULE,…",
  redaction_rules: "RULE,…",
  static_labels: "NAME=VALUE,…",
  words: "WORD,…",
  choice: "WORD",
  address: "HOST:PORT",
  upstream: "URL",
};

/** The shell completes file names after these. */
const fileKinds: ReadonlySet<FieldKind> = new Set(["certificate_file", "baseline_file", "secret_file", "folder"]);

/** `--config`, then one flag for each field. */
export const configFlags: readonly FlagSpec[] = [
  {
    name: "--config",
    placeholder: "FILE",
    doc: "YAML file with the configuration. Also: OUTRIDER_CONFIG.",
    isFile: true,
  },
  ...fieldRows.map(flagOfField),
];

function flagOfField(row: FieldRow): FlagSpec {
  const { field } = row;
  const shown = `${defaultText(field)}${field.default === 0 && "zero" in field ? `, which means ${field.zero}` : ""}`;
  return {
    name: row.flag as FlagSpec["name"],
    doc: field.doc,
    ...(field.kind === "boolean" ? {} : { placeholder: placeholders[field.kind] }),
    ...(shown === "" ? {} : { default: shown }),
    ...(field.kind === "choice" ? { choices: choices[field.of] } : {}),
    ...(fileKinds.has(field.kind) ? { isFile: true } : {}),
    ...(field.common === true ? {} : { isRare: true }),
  };
}
