/** TensorFlow Serving's REST port: status, metadata, `:predict` by row and by column, `:classify`. */
import { probabilityOfClassOne } from "./classifier.ts";
import type { ModelFile } from "./classifier.ts";
import { isRecord, rowsFromColumns, rowsFromList } from "./feature-rows.ts";
import type { RowsResult } from "./feature-rows.ts";
import { jsonAnswer, readJson } from "./serving-shape.ts";
import type { Answer, ServingShape } from "./serving-shape.ts";

/** The model has one input `features` of shape [-1, 30] and one output `probabilities` of shape [-1, 2]. */
export const tensorflowServingShape: ServingShape = {
  name: "tensorflow-serving",
  infer: (request, model) => {
    const match = request.method === "POST" ? inferencePath.exec(request.path) : null;
    if (match === null) {
      return undefined;
    }
    const [, name = "", version, verb = ""] = match;
    const missing = unlessServed(name, version, model);
    if (missing !== undefined) {
      return failure(404, `Servable not found for request: ${missing.servable}`);
    }
    return verb.toLowerCase() === "classify" ? classify(request.body, model) : predict(request.body, model);
  },
  describe: (request, model) => {
    const match = request.method === "GET" ? statusPath.exec(request.path) : null;
    if (match === null) {
      return undefined;
    }
    const [, name = "", version, metadata] = match;
    const missing = unlessServed(name, version, model);
    if (missing !== undefined) {
      return failure(
        404,
        metadata === undefined ? missing.status : `Servable not found for request: ${missing.servable}`,
      );
    }
    return jsonAnswer(200, metadata === undefined ? modelStatus(model) : modelMetadata(model));
  },
  refuse: (request) =>
    request.path.startsWith("/v1/")
      ? failure(400, `Malformed request: ${request.method} ${request.path}`)
      : { status: 404, contentType: "text/html; charset=ISO-8859-1", body: notFoundPage },
};

const inferencePath = /^\/v1\/models\/([^/:]+)(?:\/versions\/(\d+))?:(predict|classify)$/i;
const statusPath = /^\/v1\/models\/([^/:]+)(?:\/versions\/(\d+))?(\/metadata)?$/i;
const notFoundPage = "<HTML><HEAD>\n<TITLE>404 Not Found</TITLE>\n</HEAD><BODY>\n<H1>Not Found</H1>\n</BODY></HTML>\n";

const failure = (status: number, error: string): Answer => jsonAnswer(status, { error });

function unlessServed(
  encodedName: string,
  version: string | undefined,
  model: ModelFile,
): { readonly servable: string; readonly status: string } | undefined {
  const name = decodeName(encodedName);
  if (name !== model.name) {
    return {
      servable: version === undefined ? `Latest(${name})` : `Specific(${name}, ${version})`,
      status: `Could not find any versions of model ${name}`,
    };
  }
  return version === undefined || version === model.version
    ? undefined
    : { servable: `Specific(${name}, ${version})`, status: `Could not find version ${version} of model ${name}` };
}

function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/** Probabilities of the two classes, in the classes' order. */
function probabilities(row: readonly number[], model: ModelFile): readonly [number, number] {
  const one = probabilityOfClassOne(model.parameters, row);
  return [1 - one, one];
}

function predict(body: string, model: ModelFile): Answer {
  const json = readJson(body);
  if (json.kind === "mistake") {
    return failure(400, `JSON Parse error: ${json.message}`);
  }
  const request = json.value;
  const byRow = isRecord(request) && "instances" in request;
  const byColumn = isRecord(request) && "inputs" in request;
  if (byRow === byColumn) {
    return failure(400, byRow ? "Both 'instances' and 'inputs' are given" : "Missing 'inputs' or 'instances' key");
  }
  const { features } = model.parameters;
  const reading = byRow ? rowsFromInstances(request["instances"], features) : rowsFromInputs(request, features);
  if (reading.kind === "mistake") {
    return failure(400, reading.message);
  }
  const outputs = reading.rows.map((row) => probabilities(row, model));
  return jsonAnswer(200, byRow ? { predictions: outputs } : { outputs });
}

/** A row is the value of the one input tensor, bare or under its name. */
function rowsFromInstances(value: unknown, features: readonly string[]): RowsResult {
  const rows: unknown = Array.isArray(value) ? value.map((row: unknown) => tensorValue(row)) : value;
  return rowsFromList(rows, features);
}

/** The one input tensor, bare or under its name, or one column a feature. */
function rowsFromInputs(request: unknown, features: readonly string[]): RowsResult {
  const inputs = tensorValue(isRecord(request) ? request["inputs"] : undefined);
  return isRecord(inputs) ? rowsFromColumns(inputs, features) : rowsFromList(inputs, features);
}

const tensorValue = (value: unknown): unknown => (isRecord(value) && "features" in value ? value["features"] : value);

function classify(body: string, model: ModelFile): Answer {
  const json = readJson(body);
  if (json.kind === "mistake") {
    return failure(400, `JSON Parse error: ${json.message}`);
  }
  if (!isRecord(json.value) || !Array.isArray(json.value["examples"])) {
    return failure(400, "Missing 'examples' key");
  }
  const context = isRecord(json.value["context"]) ? json.value["context"] : {};
  const examples = json.value["examples"].map((example: unknown) =>
    isRecord(example) ? { ...context, ...example } : example,
  );
  const reading = rowsFromList(examples, model.parameters.features);
  if (reading.kind === "mistake") {
    return failure(400, reading.message);
  }
  // A model without a vocabulary names its classes after their places: the same names that scores without names get.
  const results = reading.rows.map((row) => probabilities(row, model).map((score, index) => [`${index}`, score]));
  return jsonAnswer(200, { results });
}

function modelStatus(model: ModelFile): unknown {
  const status = { error_code: "OK", error_message: "" };
  return { model_version_status: [{ version: model.version, state: "AVAILABLE", status }] };
}

function modelMetadata(model: ModelFile): unknown {
  const predictSignature = {
    inputs: { features: tensorInfo("features:0", model.parameters.features.length) },
    outputs: { probabilities: tensorInfo("probabilities:0", model.parameters.classes.length) },
    method_name: "tensorflow/serving/predict",
  };
  return {
    model_spec: { name: model.name, signature_name: "", version: model.version },
    metadata: { signature_def: { signature_def: { serving_default: predictSignature } } },
  };
}

function tensorInfo(name: string, width: number): unknown {
  const dim = [-1, width].map((size) => ({ size: String(size), name: "" }));
  return { dtype: "DT_DOUBLE", tensor_shape: { dim, unknown_rank: false }, name };
}
