/** Bodies of MLflow's scoring server (`POST /invocations`, MLflow 3). */
import { createConfiguredReader } from "../../payload/configured/configured-reader.ts";
import type { BodyReader, ReadResult } from "../../payload/body-content.ts";
import type { ReaderOptions } from "../../payload/reader-options.ts";
import { createOpenaiReader } from "../openai/reader.ts";
import { readSplit, readTable } from "../../payload/table/feature-table.ts";
import { type JsonProtocol, requestOf, responseOf } from "../../payload/json/json-reader.ts";
import { isObject, type JsonValue, member } from "../../payload/json/json-value.ts";
import { readPredictions } from "../../payload/table/predictions.ts";
import { type TableContext, type TableContent, unknownShape } from "../../payload/table/table-content.ts";

/** Keys of requests for language models, which have no table. */
const promptKeys = ["messages", "prompt", "input"] as const;

/**
 * Requests hold one of `dataframe_split`, `dataframe_records`, `instances` and `inputs`, or are comma-separated values;
 * those with `messages`, `prompt` or `input` are for language models and have no features. Responses hold `predictions`;
 * those of language models are a completion in OpenAI's form, or bare.
 */
export function createMlflowReader(options: ReaderOptions): BodyReader {
  return createConfiguredReader(protocolWith(createOpenaiReader({ limits: options.limits })), options);
}

function protocolWith(completions: BodyReader): JsonProtocol {
  return {
    hasCsv: true,
    readRequest(value, context) {
      const table = mlflowTable(value, context);
      if (table !== undefined) return requestOf(table);
      return isPrompt(value) ? requestOf({ kind: "read", value: { droppedColumns: 0 } }) : unknownShape;
    },
    readResponse(value, context, body) {
      if (isCompletion(value)) return completions.readResponse(body);
      return responseOf(readPredictions(isObject(value) ? member(value, "predictions") : value, context));
    },
  };
}

/** The table under one of MLflow's four keys; undefined when the body has none of them. */
export function mlflowTable(value: JsonValue, context: TableContext): ReadResult<TableContent> | undefined {
  const split = member(value, "dataframe_split");
  if (split !== undefined) return readSplit(member(split, "columns"), member(split, "data"), context);
  const rows = member(value, "dataframe_records") ?? member(value, "instances") ?? member(value, "inputs");
  return rows === undefined ? undefined : readTable(rows, context);
}

/** True for a request to a language model, by its keys: it has no feature rows. */
export function isPrompt(value: JsonValue): boolean {
  return promptKeys.some((key) => member(value, key) !== undefined);
}

/** True for the answer of a language model in OpenAI's form. */
export function isCompletion(value: JsonValue): boolean {
  return member(value, "predictions") === undefined && Array.isArray(member(value, "choices"));
}
