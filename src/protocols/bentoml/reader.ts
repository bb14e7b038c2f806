/** Bodies of BentoML services: a JSON object of a method's arguments in, whatever it returns out. */
import { createConfiguredReader } from "../../payload/configured/configured-reader.ts";
import type { BodyReader, ReadResult } from "../../payload/body-content.ts";
import type { ReaderOptions } from "../../payload/reader-options.ts";
import { readTable } from "../../payload/table/feature-table.ts";
import { type JsonProtocol, requestOf, responseOf } from "../../payload/json/json-reader.ts";
import { isList, isObject, type JsonValue } from "../../payload/json/json-value.ts";
import { readPredictions } from "../../payload/table/predictions.ts";
import type { TableContext, TableContent } from "../../payload/table/table-content.ts";

const protocol: JsonProtocol = {
  readRequest: (value, context) => requestOf(argumentsTable(value, context)),
  readResponse: (value, context) => responseOf(readPredictions(value, context)),
};

/** A reader of the bodies of BentoML services; see {@link argumentsTable} and {@link readPredictions}. */
export function createBentomlReader(options: ReaderOptions): BodyReader {
  return createConfiguredReader(protocol, options);
}

/**
 * The table of a method's arguments: the first argument that is a list of lists or dictionaries holds rows, and the
 * others are settings. A single argument that is a dictionary is read instead of the arguments. Everything else is read
 * unchanged, so that plain arguments are the columns of one row.
 */
export function argumentsTable(value: JsonValue, context: TableContext): ReadResult<TableContent> {
  const values = isObject(value) ? Object.values(value) : [];
  const only = values.length === 1 && isObject(values[0]) ? values[0] : undefined;
  return readTable(values.find(isRows) ?? only ?? value, context);
}

function isRows(value: JsonValue | undefined): boolean {
  return isList(value) && (isList(value[0]) || isObject(value[0]));
}
