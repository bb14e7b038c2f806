/** The flags that stand for configuration fields. */
import { formatAddress, type Address } from "../../config/address.ts";
import { choices } from "../../config/table/choices.ts";
import type { Field, FieldKind } from "../../config/table/field.ts";
import { fieldRows, type FieldRow } from "../../config/table/table.ts";
import type { FlagSpec } from "../program/command.ts";

const placeholders: Readonly<Record<Exclude<FieldKind, "boolean">, string>> = {
  integer: "NUMBER",
  bytes: "SIZE",
  milliseconds: "TIME",
  ratio: "RATIO",
  name: "TEXT",
  path: "PATH",
  file: "FILE",
  secret_file: "FILE",
  pointer: "POINTER",
  pointers: "POINTER,…",
  url: "URL",
  routes: "RULE,…",
  tokens: "TOKEN,…",
  names: "NAME,…",
  sample_rules: "RULE,…",
  redaction_rules: "RULE,…",
  label_pairs: "NAME=VALUE,…",
  words: "WORD,…",
  choice: "WORD",
  address: "HOST:PORT",
  upstream: "URL",
};

/** `--config`, then one flag for each field. */
export const configFlags: readonly FlagSpec[] = [
  {
    name: "--config",
    placeholder: "FILE",
    doc: "YAML file with the configuration; OUTRIDER_CONFIG names it too.",
    isFile: true,
  },
  ...fieldRows.map(flagOfField),
];

function flagOfField(row: FieldRow): FlagSpec {
  const { field } = row;
  const shown = defaultText(field);
  return {
    name: row.flag as FlagSpec["name"],
    doc: field.doc,
    ...(field.kind === "boolean" ? {} : { placeholder: placeholders[field.kind] }),
    ...(shown === "" ? {} : { default: shown }),
    ...(field.kind === "choice" ? { choices: choices[field.of] } : {}),
    ...(field.kind === "secret_file" || field.kind === "file" ? { isFile: true } : {}),
    ...(field.common === true ? {} : { isRare: true }),
  };
}

function defaultText(field: Field): string {
  if (field.kind === "address") {
    const address: Address = field.default;
    return formatAddress(address);
  }
  return Array.isArray(field.default) ? field.default.join(",") : String(field.default ?? "");
}
