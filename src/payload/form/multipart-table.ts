/** Tables of features out of forms (`multipart/form-data`). */
import { cellFromText } from "../table/cell-text.ts";
import type { Cell, ReadResult } from "../body-content.ts";
import { readTable } from "../table/feature-table.ts";
import { imageTypeOf } from "./image-type.ts";
import { cutText, type JsonPass, type JsonValue } from "../json/json-value.ts";
import { isJsonType, mediaTypeOf } from "../media-type.ts";
import { type FormPart, readForm } from "./multipart.ts";
import { readJson, readJsonText } from "../json/read-json.ts";
import type { TableContext, TableContent } from "../table/table-content.ts";

/**
 * The table of a form. A single part, if it is JSON, is read like a JSON body. Otherwise the form is one
 * row: parts that are JSON (numbers too) are columns or, when they are lists or dictionaries, several, under the part's
 * name; other text is what {@link cellFromText} makes of it; of a file only its length and media type are read, as
 * `name.bytes` and `name.type`. Parts that share a name are numbered from the second on: `data`, `data#2`. Unread as
 * `bad_multipart`, or with the reason of {@link readTable}. Linear in the length of the body.
 */
export function formTable(
  body: Uint8Array,
  contentType: string,
  context: Omit<TableContext, "pass">,
): ReadResult<TableContent> {
  const { limits } = context;
  const form = readForm(body, contentType, limits.columns);
  if (form === undefined) return { kind: "unread", reason: "bad_multipart" };
  const read = (value: JsonValue, pass: JsonPass): ReadResult<TableContent> => readTable(value, { ...context, pass });
  const [first] = form.parts;
  if (first !== undefined && form.parts.length === 1 && isDocument(first)) {
    const alone = readJson(first.bytes, limits.depth, read);
    if (alone.kind === "read" || alone.reason !== "not_json") return alone;
  }
  // One text, so that integers past 2^53 are found in every part.
  const row = `[{${membersOf(form.parts, limits.depth).join(",")}}]`;
  const result = readJsonText(row, limits.depth + 2, read);
  if (result.kind === "unread") return result;
  const droppedColumns = result.value.droppedColumns + form.droppedParts;
  return { kind: "read", value: { ...result.value, droppedColumns } };
}

/** The parts as members of a JSON object. */
function membersOf(parts: readonly FormPart[], maxDepth: number): readonly string[] {
  const seen = new Map<string, number>();
  return parts.map((part, index) => {
    const name = cutText(part.name === "" ? `part${index}` : part.name);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return `${JSON.stringify(count === 1 ? name : `${name}#${count}`)}:${jsonOf(part, maxDepth)}`;
  });
}

const utf8 = new TextDecoder();

/** A part as JSON text. */
function jsonOf(part: FormPart, maxDepth: number): string {
  if (isReadable(part)) {
    const text = utf8.decode(part.bytes);
    const isJson = readJsonText(text, maxDepth, () => ({ kind: "read", value: true })).kind === "read";
    if (isJson) return text;
    if (!part.isFile) return literalOf(cellFromText(text));
  }
  const type = mediaTypeOf(part.contentType) || (imageTypeOf(part.bytes) ?? "application/octet-stream");
  return JSON.stringify({ bytes: part.bytes.length, type });
}

/** A cell as our JSON parser reads it, which knows `Infinity`. */
function literalOf(cell: Cell): string {
  return typeof cell === "string" ? JSON.stringify(cell) : String(cell);
}

/** True for a part that may be JSON or text: by its media type, or without one if it is not a file or begins like a document. */
function isReadable(part: FormPart): boolean {
  const mediaType = mediaTypeOf(part.contentType);
  if (isJsonType(mediaType) || mediaType === "text/plain" || (mediaType === "" && !part.isFile)) return true;
  // curl knows no media type for files whose name ends with .json.
  return (mediaType === "" || mediaType === "application/octet-stream") && isContainer(part.bytes);
}

/** True for a part that is read like a whole body rather than like a value. */
function isDocument(part: FormPart): boolean {
  return isReadable(part) && isContainer(part.bytes);
}

/** True for bytes that begin with `[` or `{`. */
function isContainer(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte > 0x20);
  return first === 0x5b || first === 0x7b;
}
