/** Reads the bodies of TorchServe, whose handlers may accept and return anything. */
import { withConfiguredPaths } from "../../payload/configured/configured-reader.ts";
import type { BodyReader, DecodedBody, ReadResult, ResponseContent } from "../../payload/body-content.ts";
import { pathOfTarget } from "../../routing/target-path.ts";
import { ColumnsMemo } from "../../payload/table/columns.ts";
import { readTable } from "../../payload/table/feature-table.ts";
import { imageTypeOf } from "../../payload/form/image-type.ts";
import { requestOf, responseOf } from "../../payload/json/json-reader.ts";
import { isList, isObject, type JsonValue, member } from "../../payload/json/json-value.ts";
import { createKserveV2Reader } from "../kserve-v2/reader.ts";
import { isJsonType, mediaTypeOf } from "../../payload/media-type.ts";
import { formTable } from "../../payload/form/multipart-table.ts";
import { plainPredictions, readPredictions } from "../../payload/table/predictions.ts";
import { readJson } from "../../payload/json/read-json.ts";
import type { ReaderOptions } from "../../payload/reader-options.ts";
import { type AnswerContext, rowAnswer } from "../../payload/table/row-answer.ts";
import type { TableContext, TableContent } from "../../payload/table/table-content.ts";

/** Longer text is not a label but a written answer. */
const maxLabelLength = 100;

const unsupported: ReadResult<never> = { kind: "unread", reason: "unsupported_content_type" };

type TableSetting = Omit<TableContext, "pass">;

/**
 * A reader of what default and usual handlers accept and return. Requests: JSON, whatever the media type says — rows under
 * `instances`, `data` or `inputs`, else the body itself; forms, see {@link formTable}; of images and all other bodies
 * only length and media type, as `body.bytes` and `body.type`; the types of images are found by their first bytes.
 * Responses: `predictions`, else the body itself, see {@link readPredictions}; a dictionary of labels may hold the best
 * few only; a list of numbers that sum up to 1 is read as the probabilities of one row, since TorchServe answers each
 * request with its own element of a handler's list; short plain text is a label. Paths under `/v2/` are KServe v2.
 */
export function createTorchserveReader(options: ReaderOptions): BodyReader {
  const setting: TableSetting = { limits: options.limits, columns: new ColumnsMemo() };
  const kserveV2 = createKserveV2Reader({ limits: options.limits });
  const reader: BodyReader = {
    readRequest: (body) => (isKserveV2(body) ? kserveV2.readRequest(body) : requestOf(readBody(body, setting))),
    readResponse: (body) => (isKserveV2(body) ? kserveV2.readResponse(body) : readAnswer(body, setting)),
  };
  return withConfiguredPaths(reader, options);
}

function isKserveV2({ target }: DecodedBody): boolean {
  return pathOfTarget(target).startsWith("/v2/");
}

function readBody(body: DecodedBody, setting: TableSetting): ReadResult<TableContent> {
  const { bytes, contentType } = body;
  const mediaType = mediaTypeOf(contentType);
  if (mediaType === "text/csv") return unsupported;
  if (mediaType === "multipart/form-data") return formTable(bytes, contentType, setting);
  if (isJsonType(mediaType) || mayBeJson(bytes)) {
    const result = readJson(bytes, setting.limits.depth, (value, pass) => tableOf(value, { ...setting, pass }));
    if (result.kind === "read" || result.reason !== "not_json" || isJsonType(mediaType)) return result;
  }
  return tableOf(descriptionOf(body), { ...setting, pass: { hasUnsafeInteger: false } });
}

function tableOf(value: JsonValue, context: TableContext): ReadResult<TableContent> {
  const rows = rowsKeys.map((key) => member(value, key)).find((rows) => isList(rows) || isObject(rows));
  return readTable(rows ?? value, context);
}

const rowsKeys = ["instances", "data", "inputs"] as const;

/** Length and media type of a body that is not read, as a dictionary. */
function descriptionOf({ bytes, contentType }: DecodedBody): JsonValue {
  const type = imageTypeOf(bytes) ?? (mediaTypeOf(contentType) || "application/octet-stream");
  return { body: { bytes: bytes.length, type } };
}

function readAnswer(body: DecodedBody, { limits }: TableSetting): ReadResult<ResponseContent> {
  const { bytes, contentType } = body;
  const mediaType = mediaTypeOf(contentType);
  if (mediaType === "text/event-stream") return unsupported;
  if (isJsonType(mediaType) || mayBeJson(bytes)) {
    const result = readJson(bytes, limits.depth, (value, pass) => predictionsOf(value, { limits, pass }));
    if (result.kind === "read" || result.reason !== "not_json" || isJsonType(mediaType)) return result;
  }
  const label = labelOf(bytes);
  if (label !== undefined) return responseOf({ kind: "read", value: plainPredictions([label]) });
  return { kind: "read", value: { model: "", version: "", ids: [] } };
}

function predictionsOf(value: JsonValue, context: AnswerContext): ReadResult<ResponseContent> {
  const answers = member(value, "predictions");
  if (answers !== undefined) return responseOf(readPredictions(answers, context));
  const partial = { ...context, allowsPartialScores: true };
  const isOneRow = isList(value) && typeof value[0] === "number" && rowAnswer(value, partial).scores !== undefined;
  return responseOf(readPredictions(isOneRow ? [value] : value, partial));
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** One line of text that is short enough to be a label. */
function labelOf(bytes: Uint8Array): string | undefined {
  // No character takes more than three bytes for each of its code units.
  if (bytes.length > 3 * maxLabelLength + 2) return undefined;
  try {
    const text = utf8.decode(bytes).trim();
    return text.length > maxLabelLength || /[\u0000-\u001f\u007f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** False for bytes that cannot begin a JSON text (white space, `[`, `{`, `"`, a digit, a sign, a word), such as an image's. */
function mayBeJson(bytes: Uint8Array): boolean {
  const first = bytes[0];
  return first === undefined || first === 0xef || (first < 0x7f && /[\s[{"\dtfnNI-]/.test(String.fromCharCode(first)));
}
