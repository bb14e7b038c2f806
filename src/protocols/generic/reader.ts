/** Bodies of a server whose protocol is not known. */
import { createConfiguredReader } from "../../payload/configured/configured-reader.ts";
import type { BodyReader } from "../../payload/body-content.ts";
import type { ReaderOptions } from "../../payload/reader-options.ts";
import { createKserveV2Reader } from "../kserve-v2/reader.ts";
import { createOpenaiReader } from "../openai/reader.ts";
import { argumentsTable } from "../bentoml/reader.ts";
import { type JsonProtocol, requestOf, responseOf } from "../../payload/json/json-reader.ts";
import { isList, type JsonValue, member } from "../../payload/json/json-value.ts";
import { isCompletion, isPrompt, mlflowTable } from "../mlflow/reader.ts";
import { readPredictions } from "../../payload/table/predictions.ts";
import { tensorflowAnswer, tensorflowTable } from "../tensorflow-serving/reader.ts";

/**
 * Tries the shapes of all JSON protocols, the most specific ones first. Requests: tensors of KServe V2 (`inputs` that have
 * a `datatype`), MLflow's `dataframe_split`, `dataframe_records`, `instances` and `inputs`, TensorFlow Serving's `examples`,
 * a prompt, and last the body itself as rows or as a dictionary of arguments. Responses: tensors of KServe V2 (`outputs`
 * that have a `datatype`), a completion, `predictions`, `outputs`, `results`, `result`, and last the body itself. Requests
 * may be comma-separated values.
 */
export function createGenericReader(options: ReaderOptions): BodyReader {
  return createConfiguredReader(protocolWithin({ limits: options.limits }), options);
}

function protocolWithin(limits: Pick<ReaderOptions, "limits">): JsonProtocol {
  const kserveV2 = createKserveV2Reader(limits);
  const completions = createOpenaiReader(limits);
  return {
    hasCsv: true,
    readRequest(value, context, body) {
      if (hasTensors(member(value, "inputs"))) return kserveV2.readRequest(body);
      const table = mlflowTable(value, context) ?? tensorflowTable(value, context);
      if (table === undefined && isPrompt(value)) return completions.readRequest(body);
      return requestOf(table ?? argumentsTable(value, context));
    },
    readResponse(value, context, body) {
      if (hasTensors(member(value, "outputs"))) return kserveV2.readResponse(body);
      if (isCompletion(value)) return completions.readResponse(body);
      return responseOf(readPredictions(tensorflowAnswer(value) ?? value, context));
    },
  };
}

function hasTensors(value: JsonValue | undefined): boolean {
  return isList(value) && typeof member(value[0], "datatype") === "string";
}
