/** Reads the configuration file: YAML 1.2, at most 1 MiB, one document that is a mapping. */
import type * as Yaml from "yaml";
import type { Document, LineCounter, Pair, ParsedNode, Scalar, YAMLError, YAMLMap } from "yaml";

import { readFileText } from "./file-text.ts";
import type { Entry, Layer } from "./layer.ts";
import type { Mistake } from "../mistake.ts";
import { nearestName } from "../../text/nearest-name.ts";
import type { Origin } from "../origin.ts";
import { expectationOf } from "../mistake.ts";
import { removedPath } from "../table/removed-fields.ts";
import { fieldRows, rowAt, sections, type FieldRow } from "../table/table.ts";

/** Maximum number of aliases in a value: more could expand a small file into a huge value. */
const maxAliasCount = 32;

type YamlModule = typeof Yaml.default;

/** The values that the file gives, each with its line. A file that cannot be read or is not YAML gives only mistakes. */
export async function fileLayer(file: string): Promise<Layer> {
  const text = await readFileText(file);
  if (typeof text !== "string") {
    return { entries: [], mistakes: [text] };
  }
  // Loaded only here: a sidecar without a file saves the parser's memory. The default export, because a
  // bundled chunk of a CommonJS package has no other.
  const { default: yaml } = await import("yaml");
  return parseLayer(yaml, file, text);
}

interface Reader {
  readonly yaml: YamlModule;
  readonly file: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly entries: Entry[];
  readonly mistakes: Mistake[];
}

function parseLayer(yaml: YamlModule, file: string, text: string): Layer {
  const lines = new yaml.LineCounter();
  const origin: Origin = { kind: "file", file, line: 1, column: 1 };
  let document: Document.Parsed;
  try {
    document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  } catch {
    // The parser recurses and fails on very deep nesting.
    return { entries: [], mistakes: [{ origin, path: "", problem: "the file is nested too deeply" }] };
  }
  const reader: Reader = { yaml, file, document, lines, entries: [], mistakes: [] };
  const errors = [...document.errors, ...document.warnings];
  reader.mistakes.push(...errors.map((error) => syntaxMistake(reader, error)));
  if (yaml.isMap(document.contents)) {
    readTop(reader, document.contents);
  } else if (!isNothing(reader, document.contents) && errors.length === 0) {
    reader.mistakes.push({
      origin,
      path: "",
      problem: "the file is not a mapping",
      expected: "lines such as `upstream: http://127.0.0.1:8080`",
    });
  }
  return { entries: reader.entries, mistakes: reader.mistakes };
}

function syntaxMistake(reader: Reader, error: YAMLError): Mistake {
  const problem =
    error.code === "TAB_AS_INDENT"
      ? "this line is indented with a tab; YAML allows spaces only"
      : error.code === "DUPLICATE_KEY"
        ? "this key occurs more than once in its section"
        : `this is not YAML: ${error.message}`;
  return { origin: originAt(reader, error.pos[0]), path: "", problem };
}

function readTop(reader: Reader, map: YAMLMap): void {
  for (const pair of map.items) {
    const name = keyName(pair);
    const section = name === "" ? undefined : sections.find((candidate) => candidate.name === name);
    if (section === undefined) {
      readField(reader, name, pair);
    } else {
      readSection(reader, section.name, pair);
    }
  }
}

function readSection(reader: Reader, section: string, pair: Pair): void {
  const value = resolve(reader, pair.value);
  if (reader.yaml.isMap(value)) {
    for (const inner of value.items) {
      readField(reader, `${section}.${keyName(inner)}`, inner);
    }
  } else if (!isNothing(reader, value)) {
    const keys = fieldRows.filter((row) => row.section === section).map((row) => row.key);
    reader.mistakes.push({
      origin: originOf(reader, pair),
      path: section,
      problem: "this is a section, not a value",
      expected: `indented lines below it: ${keys.join(", ")}`,
    });
  }
}

function readField(reader: Reader, path: string, pair: Pair): void {
  const row = rowAt(path);
  if (row === undefined) {
    reader.mistakes.push(unknownKey(reader, path, pair));
    return;
  }
  const origin = originOf(reader, pair);
  const value = resolve(reader, pair.value);
  if (isNothing(reader, value)) {
    const problem = "the value is missing; remove the line to use the default";
    reader.mistakes.push({ origin, path, problem, expected: expectationOf(row) });
    return;
  }
  try {
    reader.entries.push({ row, input: inputOf(reader, row, value), origin });
  } catch {
    reader.mistakes.push({
      origin,
      path,
      problem: "too many aliases (`*name`)",
      expected: expectationOf(row),
    });
  }
}

/** A version such as `1.10` is a number in YAML, but a name here: its digits must be kept. */
function inputOf(reader: Reader, row: FieldRow, value: ParsedNode): unknown {
  const isNumber = reader.yaml.isScalar(value) && typeof value.value === "number";
  if ((row.field.kind === "name" || row.field.kind === "key_prefix") && isNumber) {
    return (value as Scalar).source ?? String((value as Scalar).value);
  }
  return value.toJS(reader.document, { maxAliasCount }) as unknown;
}

function unknownKey(reader: Reader, path: string, pair: Pair): Mistake {
  const origin = originOf(reader, pair);
  const removed = removedPath(path);
  if (removed !== undefined) return { origin, path, problem: removed };
  const key = path.slice(path.indexOf(".") + 1);
  const siblings = path.includes(".")
    ? fieldRows.filter((row) => row.section === path.slice(0, path.indexOf("."))).map((row) => row.path)
    : [...sections.map((section) => section.name).filter((name) => name !== ""), ...fieldRows.map((row) => row.path)];
  const homonym = fieldRows.find((row) => row.key === key && row.path !== path)?.path;
  const nearest =
    nearestName(path, siblings) ??
    homonym ??
    nearestName(
      path,
      fieldRows.map((row) => row.path),
    );
  return {
    origin,
    path,
    problem: "unknown field",
    ...(nearest === undefined ? {} : { nearest }),
  };
}

function keyName(pair: Pair): string {
  const key = pair.key as Scalar | null;
  return key !== null && typeof key === "object" && "value" in key ? String(key.value) : "?";
}

function resolve(reader: Reader, value: unknown): ParsedNode {
  return (reader.yaml.isAlias(value) ? value.resolve(reader.document) : value) as ParsedNode;
}

function isNothing(reader: Reader, value: unknown): boolean {
  return value === null || value === undefined || (reader.yaml.isScalar(value) && value.value === null);
}

function originOf(reader: Reader, pair: Pair): Origin {
  return originAt(reader, (pair.key as ParsedNode | null)?.range?.[0] ?? 0);
}

function originAt(reader: Reader, offset: number): Origin {
  const { line, col } = reader.lines.linePos(offset);
  return { kind: "file", file: reader.file, line: Math.max(1, line), column: Math.max(1, col) };
}
