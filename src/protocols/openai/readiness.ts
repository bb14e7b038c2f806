import { getRequest, isRecord, jsonObjectOf } from "../probe-answer.ts";
import type { HttpAnswer } from "../probe-answer.ts";
import { isOk, notReady, quoteAnswer, quoteName, ready, unexpected } from "../readiness-rule.ts";
import type { ReadinessRule } from "../readiness-rule.ts";

/**
 * vLLM and similar servers: `/health` is 200, or 5xx while loading and after the engine died. Some have no `/health`; then a
 * list of models is as good. A model that is named must be in the list, if the list is open to us.
 */
export const openaiReadiness: ReadinessRule = {
  requests: () => [getRequest("/health"), getRequest("/v1/models")],
  judge({ modelName }, health, models) {
    if (health.status >= 500) {
      return notReady(`/health answers ${health.status}: the engine is loading or dead${quoteAnswer(health)}`);
    }
    if (!isOk(health) && !showsLife(models)) return unexpected("/health", health);
    if (modelName !== "" && models !== undefined && isOk(models) && !listsModel(models, modelName)) {
      return notReady(`the server runs, but does not list model ${quoteName(modelName)} under /v1/models`);
    }
    return ready(isOk(health) ? "/health answers 200" : "/v1/models answers (the server has no /health)");
  },
};

/** A refusal counts as well: the key that guards the list belongs to the clients. */
function showsLife(models: HttpAnswer | undefined): boolean {
  return models !== undefined && (isOk(models) || models.status === 401 || models.status === 403);
}

/** A list that cannot be read, for example because it was cut, proves nothing against the model. */
function listsModel(answer: HttpAnswer, modelName: string): boolean {
  const data = jsonObjectOf(answer)?.["data"];
  return !Array.isArray(data) || data.some((entry) => isRecord(entry) && entry["id"] === modelName);
}
