/** MLflow's scoring server (3.x): `/invocations` with its four JSON forms and CSV, `/ping`, `/health`, `/version`. */
import { predictClass } from "./classifier.ts";
import type { ModelFile } from "./classifier.ts";
import { isRecord, rowsFromColumns, rowsFromList, rowsFromTable } from "./feature-rows.ts";
import type { RowsResult } from "./feature-rows.ts";
import { jsonAnswer, readJson } from "./serving-shape.ts";
import type { Answer, ModelRequest, ServingShape } from "./serving-shape.ts";

/** The version that `/version` names: the server whose shapes these are. */
export const mlflowVersion = "3.17.2";

/** Lists of rows without names are taken in the model's order, as by a model saved without a signature. */
export const mlflowShape: ServingShape = {
  name: "mlflow",
  infer: (request, model) => {
    if (request.path !== "/invocations") {
      return undefined;
    }
    return request.method === "POST" ? invocations(request, model) : methodNotAllowed("POST");
  },
  describe: (request) => {
    if (!["/ping", "/health", "/version"].includes(request.path)) {
      return undefined;
    }
    if (request.method !== "GET") {
      return methodNotAllowed("GET");
    }
    return { status: 200, contentType: "application/json", body: request.path === "/version" ? mlflowVersion : "\n" };
  },
  refuse: () => jsonAnswer(404, { detail: "Not Found" }),
};

const forms = ["dataframe_split", "dataframe_records", "instances", "inputs"] as const;

const oneFormExpected = `The input must be a JSON dictionary with exactly one of the input fields {${forms.map((form) => `'${form}'`).join(", ")}}`;

function invocations(request: ModelRequest, model: ModelFile): Answer {
  if (request.contentType === "") {
    return plainText(500, "Internal Server Error");
  }
  const [mediaType = "", ...parameters] = request.contentType.split(";").map((part) => part.trim());
  const refusal = refuseParameters(parameters);
  if (refusal !== undefined) {
    return refusal;
  }
  const features = model.parameters.features;
  switch (mediaType) {
    case "text/csv":
      return answerRows(rowsFromCsv(request.body, features), model);
    case "application/json":
      return answerRows(rowsFromJson(request.body, features), model);
    default:
      return plainText(
        415,
        `This predictor only supports the following content types: Types: ['text/csv', 'application/json']. Got '${request.contentType}'.`,
      );
  }
}

function refuseParameters(parameters: readonly string[]): Answer | undefined {
  for (const parameter of parameters) {
    const [name = "", value = ""] = parameter.split("=");
    if (name !== "charset") {
      return plainText(415, `Unrecognized content type parameters: ${name}.`);
    }
    if (value.toLowerCase() !== "utf-8") {
      return plainText(415, "The scoring server only supports UTF-8");
    }
  }
  return undefined;
}

function answerRows(reading: RowsResult, model: ModelFile): Answer {
  if (reading.kind === "mistake") {
    return jsonAnswer(400, { error_code: "BAD_REQUEST", message: reading.message });
  }
  return jsonAnswer(200, { predictions: reading.rows.map((row) => predictClass(model.parameters, row)) });
}

function rowsFromJson(body: string, features: readonly string[]): RowsResult {
  const json = readJson(body);
  if (json.kind === "mistake") {
    return mistake(`Invalid input. Ensure that input is a valid JSON formatted string. Error: '${json.message}'`);
  }
  if (!isRecord(json.value)) {
    return mistake(
      `Invalid input. ${oneFormExpected}. Received ${Array.isArray(json.value) ? "a list" : "another type"}.`,
    );
  }
  const present = forms.filter((form) => form in (json.value as object));
  const [form] = present;
  if (form === undefined || present.length > 1) {
    return mistake(
      `${oneFormExpected}. Received dictionary with input fields: [${present.map((name) => `'${name}'`).join(", ")}].`,
    );
  }
  const value = json.value[form];
  if (form === "dataframe_split") {
    return rowsFromSplit(value, features);
  }
  const isByColumn = form !== "dataframe_records" && isRecord(value);
  return isByColumn ? rowsFromColumns(value, features) : rowsFromList(value, features);
}

function rowsFromSplit(value: unknown, features: readonly string[]): RowsResult {
  if (!isRecord(value) || !("data" in value)) {
    return mistake("Dataframe split format must have 'data' field and optionally 'columns' and 'index' fields.");
  }
  return Array.isArray(value["columns"])
    ? rowsFromTable(value["columns"], value["data"], features)
    : rowsFromList(value["data"], features);
}

function rowsFromCsv(body: string, features: readonly string[]): RowsResult {
  const [header, ...lines] = body.split(/\r?\n/).filter((line) => line !== "");
  if (header === undefined) {
    return mistake("Failed to parse input as a Pandas DataFrame. Error: 'No columns to parse from file'");
  }
  return rowsFromTable(
    header.split(","),
    lines.map((line) => line.split(",")),
    features,
  );
}

const mistake = (message: string): RowsResult => ({ kind: "mistake", message });

const plainText = (status: number, body: string): Answer => ({
  status,
  contentType: "text/plain; charset=utf-8",
  body,
});

const methodNotAllowed = (allow: string): Answer => ({ ...jsonAnswer(405, { detail: "Method Not Allowed" }), allow });
