/** Bodies of TensorFlow Serving's REST API: predict (by row and by column), classify and regress. */
import { createConfiguredReader } from "../../payload/configured/configured-reader.ts";
import type { BodyReader, ReadResult } from "../../payload/body-content.ts";
import type { ReaderOptions } from "../../payload/reader-options.ts";
import { readTable } from "../../payload/table/feature-table.ts";
import { type JsonProtocol, requestOf, responseOf } from "../../payload/json/json-reader.ts";
import { isList, isObject, type JsonValue, member } from "../../payload/json/json-value.ts";
import { readPredictions } from "../../payload/table/predictions.ts";
import {
  canPad,
  type TableContext,
  type TableContent,
  tooManyRows,
  unknownShape,
} from "../../payload/table/table-content.ts";

const protocol: JsonProtocol = {
  readRequest: (value, context) => requestOf(tensorflowTable(value, context) ?? unknownShape),
  readResponse: (value, context) => responseOf(readPredictions(tensorflowAnswer(value), context)),
};

/**
 * Requests hold `instances` (rows), `inputs` (columns) or `examples` with an optional `context` that all of them share;
 * responses `predictions`, `outputs`, or `results` (`result` in the documents, not in the code). Bytes (`{"b64": …}`)
 * are not features.
 */
export function createTensorflowServingReader(options: ReaderOptions): BodyReader {
  return createConfiguredReader(protocol, options);
}

/** The table of a request; undefined when the body has none of the three keys. */
export function tensorflowTable(value: JsonValue, context: TableContext): ReadResult<TableContent> | undefined {
  const examples = member(value, "examples");
  if (isList(examples)) return examplesTable(examples, member(value, "context"), context);
  const rows = member(value, "instances") ?? member(value, "inputs");
  return rows === undefined ? undefined : readTable(rows, context);
}

/** The part of a response that holds the predictions. */
export function tensorflowAnswer(value: JsonValue): JsonValue | undefined {
  return (
    member(value, "predictions") ?? member(value, "outputs") ?? member(value, "results") ?? member(value, "result")
  );
}

/** Each example has the shared features too, unless that would make a small body a large table. */
function examplesTable(
  examples: readonly JsonValue[],
  shared: JsonValue | undefined,
  context: TableContext,
): ReadResult<TableContent> {
  if (!isObject(shared)) return readTable(examples, context);
  if (examples.length > context.limits.rows) return tooManyRows;
  if (!canPad(examples.length, Object.keys(shared).length)) return tooManyRows;
  const rows = examples.map((example) => (isObject(example) ? { ...shared, ...example } : example));
  return readTable(rows, context);
}
