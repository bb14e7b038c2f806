/** The KServe V2 ("Open Inference") protocol with JSON tensors, and the repository index that its servers keep on the same port. */
import { predictClass, probabilityOfClassOne } from "./classifier.ts";
import type { ModelFile } from "./classifier.ts";
import { isRecord, rowsFromColumns, rowsFromList } from "./feature-rows.ts";
import type { RowsResult } from "./feature-rows.ts";
import { jsonAnswer, readJson } from "./serving-shape.ts";
import type { Answer, ServingShape } from "./serving-shape.ts";

/**
 * Input is one tensor of shape [n, 30], or thirty of shape [n] or [n, 1] named after the features; the data may be
 * flat or nested. Outputs are `predict` (INT64, [n, 1]) and `predict_proba` (FP64, [n, 2]).
 */
export const kserveV2Shape: ServingShape = {
  name: "kserve-v2",
  infer: (request, model) => {
    const match = modelPath.exec(request.path);
    if (match?.[3] !== "infer") {
      return undefined;
    }
    if (request.method !== "POST") {
      return methodNotAllowed("POST");
    }
    return unlessServed(match, model) ?? infer(request.body, model);
  },
  describe: (request, model) => {
    if (request.path === "/v2/repository/index") {
      return request.method === "POST" ? jsonAnswer(200, repositoryIndex(model)) : methodNotAllowed("POST");
    }
    const value = serverPaths[request.path];
    const match = modelPath.exec(request.path);
    if (value === undefined && (match === null || match[3] === "infer")) {
      return undefined;
    }
    if (request.method !== "GET") {
      return methodNotAllowed("GET");
    }
    if (match === null) {
      return jsonAnswer(200, value);
    }
    return (
      unlessServed(match, model) ?? jsonAnswer(200, match[3] === "ready" ? readyModel(model) : modelMetadata(model))
    );
  },
  refuse: () => jsonAnswer(404, { detail: "Not Found" }),
};

const modelPath = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(?:\/(infer|ready))?$/;

const serverPaths: Readonly<Record<string, unknown>> = {
  "/v2": { name: "outrider-demo", version: "1", extensions: [] },
  "/v2/health/live": { live: true },
  "/v2/health/ready": { ready: true },
};

const failure = (status: number, error: string): Answer => jsonAnswer(status, { error });

const methodNotAllowed = (allow: string): Answer => ({ ...jsonAnswer(405, { detail: "Method Not Allowed" }), allow });

function unlessServed(match: RegExpExecArray, model: ModelFile): Answer | undefined {
  const [, name = "", version] = match;
  if (name === model.name && (version === undefined || version === model.version)) {
    return undefined;
  }
  return failure(404, `Model ${name}${version === undefined ? "" : ` with version ${version}`} not found`);
}

function infer(body: string, model: ModelFile): Answer {
  const json = readJson(body);
  if (json.kind === "mistake") {
    return failure(400, `Unable to parse JSON: ${json.message}`);
  }
  if (!isRecord(json.value) || !Array.isArray(json.value["inputs"])) {
    return failure(400, "the request has no list of 'inputs'");
  }
  const reading = rowsFromTensors(json.value["inputs"], model.parameters.features);
  if (reading.kind === "mistake") {
    return failure(400, reading.message);
  }
  const outputs = outputTensors(reading.rows, model);
  const wanted = wantedOutputs(json.value["outputs"]) ?? Object.keys(outputs);
  const unknown = wanted.find((name) => !(name in outputs));
  if (unknown !== undefined) {
    return failure(400, `unexpected inference output '${unknown}' for model '${model.name}'`);
  }
  const id = json.value["id"];
  return jsonAnswer(200, {
    model_name: model.name,
    model_version: model.version,
    ...(typeof id === "string" ? { id } : {}),
    outputs: wanted.map((name) => outputs[name]),
  });
}

function wantedOutputs(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.length > 0
    ? value.map((output: unknown) => (isRecord(output) ? String(output["name"]) : String(output)))
    : undefined;
}

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: readonly unknown[];
}

function rowsFromTensors(inputs: readonly unknown[], features: readonly string[]): RowsResult {
  const tensors: Tensor[] = [];
  for (const input of inputs) {
    const tensor = readTensor(input);
    if (typeof tensor === "string") {
      return { kind: "mistake", message: tensor };
    }
    tensors.push(tensor);
  }
  const [first, second] = tensors;
  if (first !== undefined && second === undefined && first.shape.length === 2) {
    const [count = 0, width = 0] = first.shape;
    return rowsFromList(
      Array.from({ length: count }, (_, row) => first.data.slice(row * width, (row + 1) * width)),
      features,
    );
  }
  return rowsFromColumns(Object.fromEntries(tensors.map((tensor) => [tensor.name, tensor.data])), features);
}

const numericTypes = /^(U?INT(8|16|32|64)|FP(16|32|64)|BF16)$/;

/** A tensor with its data flattened in row-major order, or what is wrong with it. */
function readTensor(input: unknown): Tensor | string {
  if (!isRecord(input) || typeof input["name"] !== "string" || !Array.isArray(input["data"])) {
    return "an input needs 'name', 'shape', 'datatype' and 'data'";
  }
  const { name, shape, datatype } = input as { name: string; shape: unknown; datatype: unknown };
  if (typeof datatype !== "string" || !numericTypes.test(datatype)) {
    return `input '${name}' has data type '${String(datatype)}', a numeric one is expected`;
  }
  if (!isShape(shape)) {
    return `input '${name}' has no valid shape`;
  }
  const data = (input["data"] as unknown[]).flat(8);
  const size = shape.reduce((product, length) => product * length, 1);
  if (data.length !== size) {
    return `input '${name}' has ${data.length} values, its shape [${shape.join(", ")}] expects ${size}`;
  }
  return { name, shape, data };
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && (length as number) >= 0);
}

function outputTensors(rows: readonly (readonly number[])[], model: ModelFile): Readonly<Record<string, unknown>> {
  const probabilities = rows.map((row) => probabilityOfClassOne(model.parameters, row));
  return {
    predict: {
      name: "predict",
      shape: [rows.length, 1],
      datatype: "INT64",
      data: rows.map((row) => predictClass(model.parameters, row)),
    },
    predict_proba: {
      name: "predict_proba",
      shape: [rows.length, 2],
      datatype: "FP64",
      data: probabilities.flatMap((one) => [1 - one, one]),
    },
  };
}

const readyModel = (model: ModelFile): unknown => ({ name: model.name, ready: true });

const repositoryIndex = (model: ModelFile): unknown => [
  { name: model.name, version: model.version, state: "READY", reason: "" },
];

function modelMetadata(model: ModelFile): unknown {
  return {
    name: model.name,
    versions: [model.version],
    platform: "logistic-regression",
    inputs: [{ name: "features", datatype: "FP64", shape: [-1, model.parameters.features.length] }],
    outputs: [
      { name: "predict", datatype: "INT64", shape: [-1, 1] },
      { name: "predict_proba", datatype: "FP64", shape: [-1, 2] },
    ],
  };
}
