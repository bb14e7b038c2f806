import { ready, type ReadinessRule } from "../readiness-rule.ts";

/** Of a server whose paths are not known, an open connection is all that can be asked. */
export const genericReadiness: ReadinessRule = {
  requests: () => [{ kind: "connect" }],
  judge: () => ready("the upstream answers"),
};
