import { getRequest } from "../probe-answer.ts";
import type { HttpAnswer } from "../probe-answer.ts";
import {
  isOk,
  isSaidReady,
  judgeModelRoute,
  nameTheModel,
  notReady,
  quoteAnswer,
  ready,
  unexpected,
} from "../readiness-rule.ts";
import type { ModelIdentity, Readiness, ReadinessRule } from "../readiness-rule.ts";

/**
 * Open Inference Protocol: 400 means not ready. The server's own `/v2/health/ready` stays 200 in MLServer and Triton
 * when the only model has been unloaded, so a model's own path is probed when its name is known.
 */
export const kserveV2Readiness: ReadinessRule = {
  requests: (model) => [getRequest(pathOf(model))],
  judge: (model, answer) =>
    model.modelName === "" ? judgeServer(answer) : judgeModelRoute(pathOf(model), model, answer),
};

function pathOf({ modelName }: ModelIdentity): string {
  return modelName === "" ? "/v2/health/ready" : `/v2/models/${encodeURIComponent(modelName)}/ready`;
}

function judgeServer(answer: HttpAnswer): Readiness {
  if (isOk(answer) && isSaidReady(answer)) {
    return ready(`the server is ready (no single model was checked: ${nameTheModel})`);
  }
  if (isOk(answer) || answer.status === 400 || answer.status === 503) {
    return notReady(`the server is not ready: not all of its models are${quoteAnswer(answer)}`);
  }
  return unexpected("/v2/health/ready", answer);
}
