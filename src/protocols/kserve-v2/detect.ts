import type { DetectionRule } from "../detection-rule.ts";
import { jsonObjectOf } from "../probe-answer.ts";

/** Server metadata: a name, a version and a list of extensions, which no other protocol has under this path. */
export const kserveV2Detection: DetectionRule = {
  paths: ["/v2"],
  claims(answers) {
    const answer = answers.to("/v2");
    const body = answer?.status === 200 ? jsonObjectOf(answer) : undefined;
    return (
      typeof body?.["name"] === "string" && typeof body["version"] === "string" && Array.isArray(body["extensions"])
    );
  },
};
