import type { DetectionRule } from "../detection-rule.ts";
import { type HttpAnswer, isRecord, jsonObjectOf } from "../probe-answer.ts";

/** A list of models in OpenAI's form, or vLLM's version where an API key guards the list. */
export const openaiDetection: DetectionRule = {
  paths: ["/v1/models", "/version"],
  claims(answers) {
    const models = answers.to("/v1/models");
    return listsModels(models) || isGuardedVllm(models, answers.to("/version"));
  },
};

function listsModels(answer: HttpAnswer | undefined): boolean {
  const body = answer?.status === 200 ? jsonObjectOf(answer) : undefined;
  return body?.["object"] === "list" && Array.isArray(body["data"]) && body["data"].every(isRecord);
}

/** With an API key vLLM hides its models but not its version, which it gives as an object. */
function isGuardedVllm(models: HttpAnswer | undefined, version: HttpAnswer | undefined): boolean {
  const hides = models?.status === 401 && jsonObjectOf(models)?.["error"] !== undefined;
  return hides && version?.status === 200 && typeof jsonObjectOf(version)?.["version"] === "string";
}
