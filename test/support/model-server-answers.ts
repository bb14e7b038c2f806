/**
 * What model servers answer to the questions that the sidecar asks them, word for word, as small tables: for pure
 * tests, and for real HTTP servers that stand in for servers too heavy to install.
 */
import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";

/** One answer of a model server. */
export interface ServerAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Answers by `METHOD /path`; `fallback` answers everything else. */
export interface ServerAnswers {
  readonly answers: Readonly<Record<string, ServerAnswer>>;
  readonly fallback: (method: string, path: string) => ServerAnswer;
}

/** An answer with a JSON body. */
export function json(status: number, value: unknown): ServerAnswer {
  return { status, contentType: "application/json", body: JSON.stringify(value) };
}

/** An answer without a body. */
export function empty(status: number): ServerAnswer {
  return { status, contentType: "", body: "" };
}

const fastApiNotFound = (): ServerAnswer => json(404, { detail: "Not Found" });
const methodNotAllowed = json(405, { detail: "Method Not Allowed" });

const indented = (status: number, value: unknown): ServerAnswer => ({
  status,
  contentType: "application/json",
  body: `${JSON.stringify(value, undefined, 2)}\n`,
});

const torchserveError = (code: number, type: string, message: string): ServerAnswer =>
  indented(code, { code, type, message });

const torchserveNotFound = (): ServerAnswer =>
  torchserveError(404, "ResourceNotFoundException", "Requested resource is not found, please refer to API document.");

const torchserve: ServerAnswers = {
  answers: {
    "GET /ping": indented(200, { status: "Healthy" }),
    "GET /invocations": torchserveError(400, "BadRequestException", "Parameter model_name is required."),
    "OPTIONS /predictions/m": indented(200, {
      openapi: "3.0.1",
      info: { title: "RESTful API for: m", version: "1.0.0" },
    }),
    "OPTIONS /predictions/gone": torchserveError(404, "ModelNotFoundException", "Model not found: gone"),
  },
  fallback: torchserveNotFound,
};

const invalidKey = (): ServerAnswer =>
  torchserveError(
    400,
    "InvalidKeyException",
    "Token Authorization failed. Token either incorrect, expired, or not provided correctly",
  );

const vllm: ServerAnswers = {
  answers: {
    "GET /health": empty(200),
    "GET /version": json(200, { version: "0.21.0" }),
    "GET /v1/models": json(200, {
      object: "list",
      data: [{ id: "meta-llama/Llama-3.1-8B", object: "model", created: 1, owned_by: "vllm", permission: [] }],
    }),
    "GET /invocations": methodNotAllowed,
  },
  fallback: fastApiNotFound,
};

const kserve: ServerAnswers = {
  answers: {
    "GET /": json(200, { status: "alive" }),
    "GET /v1/models": json(200, { models: ["iris"] }),
    "GET /v1/models/iris": json(200, { name: "iris", ready: true }),
    "GET /v1/models/cold": json(503, { error: "Model with name cold is not ready." }),
    "GET /v1/models/gone": json(404, { error: "Model with name gone does not exist." }),
    "GET /v2": json(200, { name: "kserve", version: "0.21.0", extensions: ["model_repository_extension"] }),
    "GET /v2/health/ready": json(200, { ready: true }),
    "GET /v2/models/iris/ready": json(200, { name: "iris", ready: true }),
  },
  fallback: fastApiNotFound,
};

/** The servers, each in its usual state. */
export const modelServers = {
  mlflow: {
    answers: {
      "GET /ping": { status: 200, contentType: "application/json", body: "\n" },
      "GET /health": { status: 200, contentType: "application/json", body: "\n" },
      "GET /version": { status: 200, contentType: "application/json", body: "3.17.2" },
      "GET /invocations": methodNotAllowed,
    },
    fallback: fastApiNotFound,
  },
  tensorflowServing: {
    answers: {
      "GET /v1/models": json(400, { error: "Missing model name in request." }),
      "GET /v1/models/half_plus_two": json(200, {
        model_version_status: [{ version: "123", state: "AVAILABLE", status: { error_code: "OK", error_message: "" } }],
      }),
    },
    fallback: (method, path) =>
      path.startsWith("/v1/")
        ? json(400, { error: `Malformed request: ${method} ${path}` })
        : { status: 404, contentType: "text/html", body: "<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD></HTML>" },
  },
  torchserve,
  torchserveWithOpenInference: {
    answers: {
      ...torchserve.answers,
      "GET /v2": indented(200, { name: "Torchserve", version: "0.12.0", extenstion: ["kserve", "kubeflow"] }),
      "GET /v2/health/ready": indented(200, { ready: true }),
    },
    fallback: torchserveNotFound,
  },
  torchserveWithToken: { answers: {}, fallback: invalidKey },
  kserve,
  mlserver: {
    answers: {
      "GET /v2": json(200, { name: "mlserver", version: "1.7.1", extensions: [] }),
      "GET /v2/health/ready": empty(200),
      "GET /v2/models/iris/ready": empty(200),
      "GET /v2/models/cold/ready": empty(400),
      "GET /v2/models/gone/ready": json(404, { error: "Model gone not found" }),
    },
    fallback: fastApiNotFound,
  },
  triton: {
    answers: {
      "GET /v2": json(200, { name: "triton", version: "2.51.0", extensions: ["classification", "sequence"] }),
      "GET /v2/health/ready": empty(200),
      "GET /v2/models/add/ready": empty(200),
      "GET /v2/models/cold/ready": empty(400),
    },
    fallback: () => empty(404),
  },
  bentoml: {
    answers: {
      "GET /schema.json": json(200, {
        name: "Summarization",
        type: "service",
        routes: [{ name: "summarize", route: "/summarize" }],
      }),
      "GET /readyz": { status: 200, contentType: "text/plain; charset=utf-8", body: "\n" },
    },
    fallback: () => ({ status: 404, contentType: "text/plain; charset=utf-8", body: "Not Found" }),
  },
  vllm,
  vllmWithKey: {
    answers: { ...vllm.answers, "GET /v1/models": json(401, { error: "Unauthorized" }) },
    fallback: (_, path) => (/^\/v[12](\/|$)/.test(path) ? json(401, { error: "Unauthorized" }) : fastApiNotFound()),
  },
} as const satisfies Record<string, ServerAnswers>;

/** What a server answers to one question. */
export function answerOf(server: ServerAnswers, method: string, path: string): ServerAnswer {
  return server.answers[`${method} ${path}`] ?? server.fallback(method, path);
}

/** A real HTTP server with scripted answers; `current` may change what it is between requests. Not yet listening. */
export function createModelServer(current: () => ServerAnswers, seen?: (line: string) => void): Server {
  const listener: RequestListener = (request, response) => {
    const { method = "", url = "" } = request;
    seen?.(`${method} ${url}`);
    const { status, contentType, body } = answerOf(current(), method, url);
    const type = contentType === "" ? {} : { "content-type": contentType };
    response.writeHead(status, { ...type, "content-length": Buffer.byteLength(body) }).end(body);
  };
  return createServer(listener);
}
