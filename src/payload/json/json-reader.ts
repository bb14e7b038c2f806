/** The frame of every reader of JSON bodies: media type, parsing, column names that are remembered. */
import type {
  BodyReader,
  DecodedBody,
  Predictions,
  ReaderLimits,
  ReadResult,
  RequestContent,
  ResponseContent,
} from "../body-content.ts";
import { ColumnsMemo } from "../table/columns.ts";
import { readCsvTable } from "../csv/csv-table.ts";
import type { JsonPass, JsonValue } from "./json-value.ts";
import { readJson } from "./read-json.ts";
import type { AnswerContext } from "../table/row-answer.ts";
import type { TableContext, TableContent } from "../table/table-content.ts";

/** How one protocol reads its bodies once they are parsed. Neither function throws. */
export interface JsonProtocol {
  /** True where a request may be comma-separated values with a header line. */
  readonly hasCsv?: boolean;
  readRequest(value: JsonValue, context: TableContext, body: DecodedBody): ReadResult<RequestContent>;
  readResponse(value: JsonValue, context: AnswerContext, body: DecodedBody): ReadResult<ResponseContent>;
}

/**
 * Makes the reader of a protocol. Bodies are parsed as JSON whatever their media type is (clients of TensorFlow Serving
 * send JSON as `application/x-www-form-urlencoded`), unless it is one that never holds JSON. A body that is not JSON is
 * unread as `not_json` when its media type is JSON or missing, else as `unsupported_content_type`.
 */
export function createJsonReader(protocol: JsonProtocol, limits: ReaderLimits): BodyReader {
  const columns = new ColumnsMemo();
  const read = <Value>(
    body: DecodedBody,
    walk: (value: JsonValue, pass: JsonPass) => ReadResult<Value>,
  ): ReadResult<Value> => {
    if (neverJson.test(body.contentType)) return unsupported;
    const result = readJson(body.bytes, limits.depth, walk);
    const isOther = result.kind === "unread" && result.reason === "not_json" && !maybeJson.test(body.contentType);
    return isOther ? unsupported : result;
  };
  return {
    readRequest(body) {
      if (protocol.hasCsv === true && csv.test(body.contentType)) {
        return requestOf(readCsvTable(body.bytes, { limits, columns }));
      }
      return read(body, (value, pass) => protocol.readRequest(value, { pass, limits, columns }, body));
    },
    readResponse(body) {
      return read(body, (value, pass) => protocol.readResponse(value, { pass, limits }, body));
    },
  };
}

const csv = /^\s*text\/csv\s*(?:;|$)/i;
const neverJson = /^\s*(?:image\/|audio\/|video\/|multipart\/|text\/(?:csv|html)\s*(?:;|$))/i;
const maybeJson = /^\s*(?:$|text\/plain|[^;]*json)/i;
const unsupported: ReadResult<never> = { kind: "unread", reason: "unsupported_content_type" };

/** The content of a request that holds features and nothing else. */
export function requestOf(result: ReadResult<TableContent>): ReadResult<RequestContent> {
  if (result.kind === "unread") return result;
  const { table, droppedColumns } = result.value;
  const value = { model: "", version: "", ids: [], droppedColumns };
  return { kind: "read", value: table === undefined ? value : { ...value, features: table } };
}

/** The content of a response that holds predictions and nothing else. */
export function responseOf(result: ReadResult<Predictions>): ReadResult<ResponseContent> {
  if (result.kind === "unread") return result;
  return { kind: "read", value: { predictions: result.value, model: "", version: "", ids: [] } };
}
