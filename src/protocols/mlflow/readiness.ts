import { getRequest } from "../probe-answer.ts";
import { isOk, notReady, ready, unexpected } from "../readiness-rule.ts";
import type { ReadinessRule } from "../readiness-rule.ts";

/** MLflow's scoring server: `/ping` is 200 once the model is loaded, else 404. */
export const mlflowReadiness: ReadinessRule = {
  requests: () => [getRequest("/ping")],
  judge(_, ping) {
    if (isOk(ping)) return ready("MLflow says that its model is loaded");
    if (ping.status === 404) return notReady("MLflow runs, but its model is not loaded (/ping answers 404)");
    return unexpected("/ping", ping);
  },
};
