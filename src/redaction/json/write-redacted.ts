/** Writes a JSON text with values redacted; the rest keeps its notation. */
import type { RedactionMarks } from "./mark-json.ts";
import { canonicalText } from "./canonical-text.ts";
import type { JsonDocument, JsonList, JsonNode } from "../../payload/json/json-tree.ts";
import type { RedactionAction } from "../redaction-rule.ts";

/** How values, numbers and marked values are replaced. */
export interface ValueRedaction {
  /** A string or a key with patterns applied; `room` is the depth that JSON inside it may still nest. */
  text(text: string, room: number): string;
  /** Replacement of a number; null when it is dropped, undefined when it stays. */
  number(literal: string): string | null | undefined;
  /** Replacement of a marked value that is not dropped. */
  replacement(canonical: string, action: Exclude<RedactionAction, "drop">): string;
}

/** A JSON text with its tree, which must come from that very text. */
export interface JsonSource {
  readonly source: string;
  readonly root: JsonNode;
  /** Depth that the tree, with JSON inside its strings, may nest. */
  readonly room: number;
}

/**
 * The redacted text. Dropped members are left out; dropped elements become null, so that later ones keep their positions.
 * Keys that become equal are numbered. Returns the same string when there is nothing to redact.
 */
export function writeRedacted(
  { source, root, room }: JsonSource,
  marks: RedactionMarks,
  values: ValueRedaction,
): string {
  return write(root, { source, marks, values, room }) ?? source;
}

interface Writing {
  readonly source: string;
  readonly marks: RedactionMarks;
  readonly values: ValueRedaction;
  readonly room: number;
}

/** Undefined when the node stays unchanged. */
function write(node: JsonNode, writing: Writing): string | undefined {
  const action = writing.marks.get(node);
  if (action === "drop") return "null";
  if (action !== undefined) return JSON.stringify(writing.values.replacement(canonicalText(node), action));
  switch (node.kind) {
    case "text": {
      const text = writing.values.text(node.text, writing.room);
      return text === node.text ? undefined : JSON.stringify(text);
    }
    case "number": {
      const text = writing.values.number(node.literal);
      return text === undefined ? undefined : JSON.stringify(text);
    }
    case "word":
      return undefined;
    case "list":
      return writeList(node, inside(writing));
    default:
      return writeObject(node, inside(writing));
  }
}

const inside = (writing: Writing): Writing => ({ ...writing, room: writing.room - 1 });

function writeList({ items }: JsonList, writing: Writing): string | undefined {
  const parts = items.map((item) => write(item, writing));
  if (parts.every((part) => part === undefined)) return undefined;
  return `[${items.map((item, index) => parts[index] ?? sourceOf(item, writing)).join(",")}]`;
}

function writeObject({ members }: JsonDocument, writing: Writing): string | undefined {
  const kept = members.filter(({ value }) => writing.marks.get(value) !== "drop");
  const keys = writeKeys(
    kept.map(({ key }) => key.text),
    writing,
  );
  const parts = kept.map(({ value }) => write(value, writing));
  const isSame = keys === undefined && kept.length === members.length && parts.every((part) => part === undefined);
  if (isSame) return undefined;
  const texts = kept.map(({ key, value }, index) => {
    const written =
      keys === undefined || keys[index] === key.text ? sourceOf(key, writing) : JSON.stringify(keys[index]);
    return `${written}:${parts[index] ?? sourceOf(value, writing)}`;
  });
  return `{${texts.join(",")}}`;
}

/** Undefined when all keys stay unchanged. */
function writeKeys(keys: readonly string[], { values, room }: Writing): readonly string[] | undefined {
  const shown = keys.map((key) => values.text(key, room));
  return shown.every((key, index) => key === keys[index]) ? undefined : uniqueNames(keys, shown);
}

/**
 * Makes redacted names unique: `***`, `***#2`, …. Names that redaction did not change stay unchanged. `names` and `shown`
 * have the same length.
 */
export function uniqueNames(names: readonly string[], shown: readonly string[]): readonly string[] {
  const used = new Set(shown.filter((name, index) => name === names[index]));
  const counts = new Map<string, number>();
  return shown.map((name, index) => {
    if (name === names[index]) return name;
    let count = (counts.get(name) ?? 0) + 1;
    let unique = count === 1 ? name : `${name}#${count}`;
    while (used.has(unique)) unique = `${name}#${++count}`;
    counts.set(name, count);
    used.add(unique);
    return unique;
  });
}

const sourceOf = ({ start, end }: JsonNode, { source }: Writing): string => source.slice(start, end);
