import { describe, expect, it } from "vitest";

import type { ProbeAnswer } from "../../src/protocols/probe-answer.ts";
import { protocols } from "../../src/protocols/list.ts";
import type { Protocol } from "../../src/protocols/list.ts";
import { judgeReadiness, readinessRequests } from "../../src/protocols/readiness.ts";
import type { ReadinessSubject } from "../../src/protocols/readiness.ts";
import { answerOf, empty, json, modelServers } from "../support/model-server-answers.ts";
import type { ServerAnswer, ServerAnswers } from "../support/model-server-answers.ts";

const subject = (protocol: Protocol, modelName = "", modelVersion = "", path = ""): ReadinessSubject => ({
  protocol,
  modelName,
  modelVersion,
  path,
});

const judge = (server: ServerAnswers, who: ReadinessSubject): { isReady: boolean; reason: string } =>
  judgeReadiness(
    who,
    readinessRequests(who).map((request): ProbeAnswer =>
      request.kind === "connect"
        ? { kind: "connected" }
        : { kind: "http", ...answerOf(server, request.method, request.path) },
    ),
  );

const changed = (server: ServerAnswers, answers: Readonly<Record<string, ServerAnswer>>): ServerAnswers => ({
  ...server,
  answers: { ...server.answers, ...answers },
});

const tensorflowState = (...states: readonly string[]): ServerAnswers =>
  changed(modelServers.tensorflowServing, {
    "GET /v1/models/m": json(200, {
      model_version_status: states.map((state, index) => ({
        version: String(index + 1),
        state,
        status: state === "END" ? { error_code: "NOT_FOUND", error_message: "no such directory" } : {},
      })),
    }),
  });

type Case = readonly [name: string, ServerAnswers, ReadinessSubject, isReady: boolean, reason: RegExp];

const { mlflow, tensorflowServing, torchserve, kserve, mlserver, triton, bentoml, vllm, vllmWithKey } = modelServers;

const cases: readonly Case[] = [
  ["MLflow with its model", mlflow, subject("mlflow"), true, /model is loaded/],
  ["MLflow without it", changed(mlflow, { "GET /ping": empty(404) }), subject("mlflow"), false, /not loaded/],
  [
    "something else than MLflow",
    changed(mlflow, { "GET /ping": empty(302) }),
    subject("mlflow"),
    false,
    /right protocol/,
  ],
  [
    "TF Serving with the model AVAILABLE",
    tensorflowServing,
    subject("tensorflow-serving", "half_plus_two"),
    true,
    /version 123 is AVAILABLE/,
  ],
  [
    "TF Serving while LOADING, at status 200",
    tensorflowState("LOADING"),
    subject("tensorflow-serving", "m"),
    false,
    /version 1 is LOADING/,
  ],
  [
    "TF Serving after a failed load, at status 200",
    tensorflowState("END"),
    subject("tensorflow-serving", "m"),
    false,
    /END \(no such directory\)/,
  ],
  [
    "TF Serving while versions change",
    tensorflowState("UNLOADING", "AVAILABLE"),
    subject("tensorflow-serving", "m"),
    true,
    /version 2/,
  ],
  ["TF Serving without the model", tensorflowServing, subject("tensorflow-serving", "m/x"), false, /400 .*Malformed/],
  ["TF Serving with no name to ask for", tensorflowServing, subject("tensorflow-serving"), true, /--model-name/],
  [
    "a 200 that is no TF Serving",
    { answers: {}, fallback: () => json(200, {}) },
    subject("tensorflow-serving", "m"),
    false,
    /is this TensorFlow/,
  ],
  ["TorchServe Healthy", torchserve, subject("torchserve"), true, /Healthy/],
  [
    "TorchServe Unhealthy",
    changed(torchserve, { "GET /ping": json(500, { status: "Unhealthy" }) }),
    subject("torchserve"),
    false,
    /fewer workers/,
  ],
  ["TorchServe with the model", torchserve, subject("torchserve", "m"), true, /has model "m"/],
  [
    "TorchServe Healthy without the model",
    torchserve,
    subject("torchserve", "gone"),
    false,
    /not registered model "gone"/,
  ],
  ["TorchServe behind a token", modelServers.torchserveWithToken, subject("torchserve"), true, /--disable-token-auth/],
  ["KServe with the model", kserve, subject("kserve-v1", "iris"), true, /"iris" is ready/],
  [
    "KServe with the model loading",
    kserve,
    subject("kserve-v1", "cold"),
    false,
    /"cold" is not ready; it says: .*not ready/,
  ],
  ["KServe without the model", kserve, subject("kserve-v1", "gone"), false, /no model "gone"/],
  [
    "an older KServe that writes False",
    changed(kserve, { "GET /v1/models/old": json(200, { name: "old", ready: "False" }) }),
    subject("kserve-v1", "old"),
    false,
    /not ready/,
  ],
  ["KServe with some model", kserve, subject("kserve-v1"), true, /--model-name/],
  [
    "KServe with no model",
    changed(kserve, { "GET /v1/models": json(200, { models: [] }) }),
    subject("kserve-v1"),
    false,
    /has no model/,
  ],
  ["MLServer ready", mlserver, subject("kserve-v2"), true, /no single model was checked/],
  [
    "MLServer not ready, at status 400",
    changed(mlserver, { "GET /v2/health/ready": empty(400) }),
    subject("kserve-v2"),
    false,
    /not all of its models/,
  ],
  ["MLServer ready with the model unloaded", mlserver, subject("kserve-v2", "cold"), false, /"cold" is not ready/],
  ["MLServer without the model", mlserver, subject("kserve-v2", "gone"), false, /no model "gone"/],
  ["Triton with the model", triton, subject("kserve-v2", "add"), true, /"add" is ready/],
  ["Triton with a configured version", triton, subject("kserve-v2", "add", "1"), true, /"add" is ready/],
  ["Triton with the model not ready, at status 400", triton, subject("kserve-v2", "cold"), false, /not ready/],
  ["BentoML ready", bentoml, subject("bentoml"), true, /service is ready/],
  [
    "BentoML waiting for its runners",
    changed(bentoml, { "GET /readyz": { ...empty(503), body: "Runners are not ready." } }),
    subject("bentoml"),
    false,
    /it says: Runners are not ready/,
  ],
  ["vLLM", vllm, subject("openai"), true, /\/health answers 200/],
  ["vLLM with the model", vllm, subject("openai", "meta-llama/Llama-3.1-8B"), true, /\/health answers 200/],
  ["vLLM with another model", vllm, subject("openai", "gpt-2"), false, /does not list model "gpt-2"/],
  ["vLLM behind a key", vllmWithKey, subject("openai", "gpt-2"), true, /\/health answers 200/],
  [
    "vLLM after its engine died",
    changed(vllm, { "GET /health": empty(503) }),
    subject("openai"),
    false,
    /engine is loading or dead/,
  ],
  [
    "an OpenAI-compatible server without /health",
    changed(vllm, { "GET /health": empty(404) }),
    subject("openai"),
    true,
    /no \/health/,
  ],
  ["something else than an OpenAI-compatible server", triton, subject("openai"), false, /right protocol/],
  ["a generic server", triton, subject("generic"), true, /accepts connections/],
  ["a configured path that is fine", mlflow, subject("generic", "", "", "/ping"), true, /\/ping answers 200/],
  ["a configured path that fails", mlflow, subject("kserve-v2", "m", "", "/nope"), false, /\/nope answers 404/],
];

describe("readiness", () => {
  it.each(cases)("of %s", (...[, server, who, isReady, reason]) => {
    const verdict = judge(server, who);
    expect(verdict.isReady).toBe(isReady);
    expect(verdict.reason).toMatch(reason);
  });

  it.each(protocols)("of %s is false with the problem as its reason when there is no answer", (protocol) => {
    for (const who of [subject(protocol), subject(protocol, "m", "1"), subject(protocol, "", "", "/x")]) {
      const problem = "connection refused at 127.0.0.1:8080";
      expect(judgeReadiness(who, [{ kind: "failed", problem }])).toEqual({ isReady: false, reason: problem });
      expect(judgeReadiness(who, []).isReady).toBe(false);
    }
  });

  it("asks for a model by its encoded name, and never by a version that may be the operator's own label", () => {
    for (const protocol of protocols) {
      const requests = readinessRequests(subject(protocol, "a b", "git-1f2e"));
      const paths = requests.map((request) => (request.kind === "http" ? request.path : ""));
      expect(paths.join(" ")).not.toMatch(/a b|git-1f2e/);
    }
    expect(readinessRequests(subject("kserve-v2", "a b", "1"))).toEqual([
      { kind: "http", method: "GET", path: "/v2/models/a%20b/ready" },
    ]);
  });

  it("lets the configured version decide where the server knows it", () => {
    const loadingSecond = tensorflowState("AVAILABLE", "LOADING");
    const verdict = (version: string): boolean =>
      judge(loadingSecond, subject("tensorflow-serving", "m", version)).isReady;
    expect([verdict("1"), verdict("2"), verdict("git-1f2e"), verdict("")]).toEqual([true, false, true, true]);
  });

  it("never asks with HEAD, which several servers refuse", () => {
    for (const protocol of protocols) {
      for (const request of [...readinessRequests(subject(protocol)), ...readinessRequests(subject(protocol, "m"))]) {
        if (request.kind === "http") expect(["GET", "OPTIONS"]).toContain(request.method);
      }
    }
  });

  it("keeps its reason short and printable whatever the server says", () => {
    const noise = { ...empty(503), body: `\u0000\u202e${"x\n".repeat(10_000)}` };
    for (const protocol of protocols) {
      const { reason } = judge({ answers: {}, fallback: () => noise }, subject(protocol, "m".repeat(1000)));
      expect(reason.length).toBeLessThan(700);
      expect(reason).not.toMatch(/\p{C}/u);
    }
  });
});
