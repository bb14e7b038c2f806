import { getRequest } from "../probe-answer.ts";
import { isOk, notReady, quoteAnswer, ready, unexpected } from "../readiness-rule.ts";
import type { ReadinessRule } from "../readiness-rule.ts";

/** BentoML: `/readyz` is 200 once the service and what it depends on are ready, else 503. */
export const bentomlReadiness: ReadinessRule = {
  requests: () => [getRequest("/readyz")],
  judge(_, readyz) {
    if (isOk(readyz)) return ready("BentoML says that the service is ready");
    if (readyz.status !== 503) return unexpected("/readyz", readyz);
    return notReady(`the BentoML service, or one that it depends on, is not ready${quoteAnswer(readyz)}`);
  },
};
