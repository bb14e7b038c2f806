import type { DetectionRule } from "../detection-rule.ts";
import { jsonObjectOf } from "../probe-answer.ts";

/** A list of the models' names. KServe's own server supports V1 and V2 and counts as V1, whose routes hold both. */
export const kserveV1Detection: DetectionRule = {
  paths: ["/v1/models"],
  claims(answers) {
    const answer = answers.to("/v1/models");
    const models = answer?.status === 200 ? jsonObjectOf(answer)?.["models"] : undefined;
    return Array.isArray(models) && models.every((name) => typeof name === "string");
  },
  includes: ["kserve-v2"],
};
