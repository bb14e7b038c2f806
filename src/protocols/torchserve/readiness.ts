import { getRequest, jsonObjectOf } from "../probe-answer.ts";
import type { HttpAnswer, ProbeRequest } from "../probe-answer.ts";
import { isOk, notReady, quoteAnswer, quoteName, ready, unexpected } from "../readiness-rule.ts";
import type { ModelIdentity, ReadinessRule } from "../readiness-rule.ts";

/**
 * TorchServe: `/ping` is 200 or 500. It is also 200 while a model loads, so when
 * the model's name is known, its prediction path is probed with OPTIONS: the response describes it or is 404; nothing runs.
 */
export const torchserveReadiness: ReadinessRule = {
  requests: (model) => (model.modelName === "" ? [getRequest("/ping")] : [getRequest("/ping"), describe(model)]),
  judge({ modelName }, ping, model) {
    if (isTokenRefusal(ping)) {
      return ready(
        "TorchServe answers, but hides its health behind a token; let it listen on 127.0.0.1 with --disable-token-auth",
      );
    }
    if (ping.status === 500) return notReady("TorchServe is Unhealthy: a model has fewer workers than its minimum");
    if (!isOk(ping)) return unexpected("/ping", ping);
    if (model === undefined) return ready("TorchServe is Healthy (which it also says while workers start)");
    const name = quoteName(modelName);
    if (model.status === 404) return notReady(`TorchServe has not registered model ${name}${quoteAnswer(model)}`);
    return ready(`TorchServe is Healthy and has model ${name}`);
  },
};

function describe({ modelName }: ModelIdentity): ProbeRequest {
  return { kind: "http", method: "OPTIONS", path: `/predictions/${encodeURIComponent(modelName)}` };
}

/** TorchServe answers 400, not 401, to a missing or expired token. */
function isTokenRefusal(answer: HttpAnswer): boolean {
  return answer.status === 400 && jsonObjectOf(answer)?.["type"] === "InvalidKeyException";
}
