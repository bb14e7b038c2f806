import { getRequest, jsonObjectOf } from "../probe-answer.ts";
import type { HttpAnswer } from "../probe-answer.ts";
import { isOk, judgeModelRoute, nameTheModel, notReady, ready, unexpected } from "../readiness-rule.ts";
import type { ModelIdentity, Readiness, ReadinessRule } from "../readiness-rule.ts";

/** KServe v1: a model's own path says `ready`; without a name, a server that lists a model counts as ready. */
export const kserveV1Readiness: ReadinessRule = {
  requests: (model) => [getRequest(pathOf(model))],
  judge: (model, answer) =>
    model.modelName === "" ? judgeList(answer) : judgeModelRoute(pathOf(model), model, answer),
};

function pathOf({ modelName }: ModelIdentity): string {
  return modelName === "" ? "/v1/models" : `/v1/models/${encodeURIComponent(modelName)}`;
}

function judgeList(answer: HttpAnswer): Readiness {
  const models = jsonObjectOf(answer)?.["models"];
  if (!isOk(answer) || !Array.isArray(models)) return unexpected("/v1/models", answer, nameTheModel);
  if (models.length === 0) return notReady("the server runs, but has no model");
  return ready(`the server lists its models: ${models.length} (none was checked: ${nameTheModel})`);
}
