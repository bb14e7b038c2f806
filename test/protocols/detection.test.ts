import { describe, expect, it } from "vitest";

import { detectProtocol, detectionRequests } from "../../src/protocols/detection.ts";
import type { ProbeAnswer } from "../../src/protocols/probe-answer.ts";
import { answerOf, empty, json, modelServers } from "../support/model-server-answers.ts";
import type { ServerAnswers } from "../support/model-server-answers.ts";

const answersOf = (server: ServerAnswers): readonly ProbeAnswer[] =>
  detectionRequests.map((request) =>
    request.kind === "http"
      ? { kind: "http", ...answerOf(server, request.method, request.path) }
      : { kind: "failed", problem: "detection asks over HTTP only" },
  );

const merged = (...servers: readonly ServerAnswers[]): ServerAnswers => ({
  answers: Object.assign({}, ...servers.map((server) => server.answers)) as ServerAnswers["answers"],
  fallback: servers[0]?.fallback ?? (() => empty(404)),
});

describe("detection", () => {
  it.each([
    ["mlflow", "mlflow"],
    ["tensorflowServing", "tensorflow-serving"],
    ["torchserve", "torchserve"],
    ["torchserveWithOpenInference", "torchserve"],
    ["torchserveWithToken", "torchserve"],
    ["kserve", "kserve-v1"],
    ["mlserver", "kserve-v2"],
    ["triton", "kserve-v2"],
    ["bentoml", "bentoml"],
    ["vllm", "openai"],
    ["vllmWithKey", "openai"],
  ] as const)("knows %s as %s", (server, protocol) => {
    expect(detectProtocol(answersOf(modelServers[server]))).toEqual({ kind: "detected", protocol });
  });

  it("asks with GET only, and never paths that many servers share", () => {
    for (const request of detectionRequests) {
      expect(request).toMatchObject({ kind: "http", method: "GET" });
      expect(request).not.toHaveProperty("path", expect.stringMatching(/ping|health|metrics/));
    }
  });

  const others: Readonly<Record<string, ServerAnswers>> = {
    "a server that knows only /ping and /health": {
      answers: { "GET /ping": empty(200), "GET /health": empty(200) },
      fallback: () => json(404, { detail: "Not Found" }),
    },
    "a server that says 200 to everything": { answers: {}, fallback: () => json(200, {}) },
    "a server that asks everybody for a login": { answers: {}, fallback: () => json(401, { error: "Unauthorized" }) },
    "a server that refuses everything": { answers: {}, fallback: () => json(400, { error: "Malformed request" }) },
    "a server that is starting": { answers: {}, fallback: () => empty(503) },
    "a SageMaker container, which has /invocations but no /version": {
      answers: { "GET /ping": empty(200), "GET /invocations": json(405, { detail: "Method Not Allowed" }) },
      fallback: () => json(404, { detail: "Not Found" }),
    },
    "a server that gives its version as bare text, but has no /invocations": {
      answers: { "GET /version": { status: 200, contentType: "text/plain", body: "1.2.3\n" } },
      fallback: () => empty(404),
    },
    "a web page for every path": {
      answers: {},
      fallback: () => ({ status: 200, contentType: "text/html", body: "<!doctype html>" }),
    },
    "an error that only looks like TorchServe's": {
      answers: {},
      fallback: () => json(404, { code: 1234, type: "NotFoundException", message: "no" }),
    },
    "lists that are not what they seem": {
      answers: { "GET /v1/models": json(200, { models: [{ name: "x" }] }), "GET /v2": json(200, ["name"]) },
      fallback: () => empty(404),
    },
  };

  it.each(Object.entries(others))("does not guess for %s", (_, server) => {
    const detection = detectProtocol(answersOf(server));
    expect(detection.kind).toBe("unknown");
    expect(detection).toHaveProperty("reason", expect.stringContaining("--protocol generic"));
  });

  it("does not choose between two protocols that a server seems to speak", () => {
    const both = merged(modelServers.mlflow, modelServers.mlserver);
    expect(detectProtocol(answersOf(both))).toEqual({
      kind: "unknown",
      reason: "the upstream answers like kserve-v2 and like mlflow; name the right one with --protocol",
    });
  });

  it("decides nothing until every question is answered", () => {
    const all = answersOf(modelServers.triton);
    for (let answered = 0; answered < all.length; answered++) {
      const problem = "connection refused at 127.0.0.1:8080";
      const some: readonly ProbeAnswer[] = [...all.slice(0, answered), { kind: "failed", problem }];
      expect(detectProtocol(some)).toEqual({ kind: "unreachable", reason: problem });
      expect(detectProtocol(all.slice(0, answered)).kind).toBe("unreachable");
    }
  });
});
