import type { DetectionRule } from "../detection-rule.ts";

/** A bare version number (labelled JSON, which it is not), and `/invocations` that exists but not for GET. */
export const mlflowDetection: DetectionRule = {
  paths: ["/version", "/invocations"],
  claims(answers) {
    const version = answers.to("/version");
    const isVersion = version?.status === 200 && /^\d+\.\d+\.\d+[\w.+-]*\s*$/.test(version.body);
    return isVersion && answers.to("/invocations")?.status === 405;
  },
};
