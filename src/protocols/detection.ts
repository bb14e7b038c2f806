/**
 * Finds out which protocol a model server speaks, by questions that only one of them answers in its way. Paths that
 * many servers have (`/ping`, `/health`, `/metrics`) say nothing and are not asked.
 */
import { getRequest, isRecord, jsonObjectOf } from "./probe-answer.ts";
import type { HttpAnswer, ProbeAnswer, ProbeRequest } from "./probe-answer.ts";
import type { Protocol } from "./protocol.ts";

/** What the answers say together. */
export type Detection =
  | { readonly kind: "detected"; readonly protocol: Exclude<Protocol, "generic"> }
  /** The server answered, but not like any protocol, or like more than one. */
  | { readonly kind: "unknown"; readonly reason: string }
  /** At least one question got no answer: ask again. */
  | { readonly kind: "unreachable"; readonly reason: string };

const paths = {
  unknownV1: "/v1/outrider-probe",
  v1Models: "/v1/models",
  v2: "/v2",
  version: "/version",
  invocations: "/invocations",
  schema: "/schema.json",
} as const;

/** The questions, in the order to ask them. Stop at the first one that gets no answer. All are GETs without effects. */
export const detectionRequests: readonly ProbeRequest[] = Object.values(paths).map(getRequest);

/**
 * Judges the answers to {@link detectionRequests}, in the same order; fewer answers than questions mean that the last
 * one failed. Overlaps that are known are resolved (TorchServe may speak v2 as well; KServe's own server speaks v1 and
 * v2 and counts as v1, whose routes hold both); any other overlap is `unknown`, because a wrong table would deny
 * good requests.
 */
export function detectProtocol(answers: readonly ProbeAnswer[]): Detection {
  const failed = answers.find((answer) => answer.kind === "failed");
  if (failed !== undefined) return { kind: "unreachable", reason: failed.problem };
  const answered = detectionRequests.map((_, index) => answers[index]);
  const https = answered.filter((answer): answer is HttpAnswer => answer?.kind === "http");
  if (https.length < detectionRequests.length)
    return { kind: "unreachable", reason: "the model server has not been asked yet" };

  if (https.some(isTorchserveError)) return { kind: "detected", protocol: "torchserve" };
  const claims = claimsOf(https);
  const [first, second] = claims;
  if (first === undefined) return { kind: "unknown", reason: describeUnknown(https) };
  if (second === undefined) return { kind: "detected", protocol: first };
  if (claims.length === 2 && first === "kserve-v1" && second === "kserve-v2")
    return { kind: "detected", protocol: first };
  return {
    kind: "unknown",
    reason: `the upstream answers like ${claims.join(" and like ")}; name the right one with --protocol`,
  };
}

function claimsOf(answers: readonly HttpAnswer[]): readonly Exclude<Protocol, "generic">[] {
  const [unknownV1, v1Models, v2, version, invocations, schema] = answers;
  const claims: readonly (readonly [Exclude<Protocol, "generic">, boolean])[] = [
    ["tensorflow-serving", isTensorflowServing(unknownV1)],
    ["kserve-v1", isKserveV1(v1Models)],
    ["kserve-v2", isKserveV2(v2)],
    ["openai", isOpenai(v1Models) || isGuardedVllm(v1Models, version)],
    ["bentoml", isBentoml(schema)],
    ["mlflow", isMlflow(version, invocations)],
  ];
  return claims.filter(([, holds]) => holds).map(([protocol]) => protocol);
}

/** Every error of TorchServe has this shape, the one about a missing or expired token included. */
function isTorchserveError(answer: HttpAnswer): boolean {
  const body = answer.status >= 400 ? jsonObjectOf(answer) : undefined;
  return body?.["code"] === answer.status && /^\w+Exception$/.test(textOf(body["type"])) && "message" in body;
}

/** Under `/v1` TensorFlow Serving calls every path that it does not know malformed, and quotes it. */
function isTensorflowServing(answer: HttpAnswer | undefined): boolean {
  return answer?.status === 400 && textOf(jsonObjectOf(answer)?.["error"]).startsWith("Malformed request: GET /v1/");
}

function isKserveV1(answer: HttpAnswer | undefined): boolean {
  const models = answer?.status === 200 ? jsonObjectOf(answer)?.["models"] : undefined;
  return Array.isArray(models) && models.every((name) => typeof name === "string");
}

/** Server metadata: a name, a version and a list of extensions, which no other protocol has under this path. */
function isKserveV2(answer: HttpAnswer | undefined): boolean {
  const body = answer?.status === 200 ? jsonObjectOf(answer) : undefined;
  return typeof body?.["name"] === "string" && typeof body["version"] === "string" && Array.isArray(body["extensions"]);
}

function isOpenai(answer: HttpAnswer | undefined): boolean {
  const body = answer?.status === 200 ? jsonObjectOf(answer) : undefined;
  return body?.["object"] === "list" && Array.isArray(body["data"]) && body["data"].every(isRecord);
}

/** With an API key vLLM hides its models but not its version, which it gives as an object. */
function isGuardedVllm(models: HttpAnswer | undefined, version: HttpAnswer | undefined): boolean {
  const hides = models?.status === 401 && jsonObjectOf(models)?.["error"] !== undefined;
  return hides && version?.status === 200 && typeof jsonObjectOf(version)?.["version"] === "string";
}

function isBentoml(answer: HttpAnswer | undefined): boolean {
  const body = answer?.status === 200 ? jsonObjectOf(answer) : undefined;
  return body?.["type"] === "service" && Array.isArray(body["routes"]);
}

/** A bare version number (labelled JSON, which it is not), and `/invocations` that exists but not for GET. */
function isMlflow(version: HttpAnswer | undefined, invocations: HttpAnswer | undefined): boolean {
  return version?.status === 200 && /^\d+\.\d+\.\d+[\w.+-]*\s*$/.test(version.body) && invocations?.status === 405;
}

function describeUnknown(answers: readonly HttpAnswer[]): string {
  const statuses = [...new Set(answers.map((answer) => answer.status))].join(", ");
  return (
    `the upstream answers (status ${statuses}), but not like a serving protocol that is known; ` +
    "name it with --protocol, or pass everything with --protocol generic"
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
