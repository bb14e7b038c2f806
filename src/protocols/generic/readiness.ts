import { ready, type ReadinessRule } from "../readiness-rule.ts";

/** A server whose paths are not known can only be probed by opening a connection. */
export const genericReadiness: ReadinessRule = {
  requests: () => [{ kind: "connect" }],
  judge: () => ready("the upstream answers"),
};
