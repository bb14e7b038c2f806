import type { DetectionRule } from "../detection-rule.ts";
import { jsonObjectOf } from "../probe-answer.ts";

const unknownPath = "/v1/outrider-probe";

/** Under `/v1` TensorFlow Serving calls every path that it does not know malformed, and quotes it. */
export const tensorflowServingDetection: DetectionRule = {
  paths: [unknownPath],
  claims(answers) {
    const answer = answers.to(unknownPath);
    const error = answer?.status === 400 ? jsonObjectOf(answer)?.["error"] : undefined;
    return typeof error === "string" && error.startsWith("Malformed request: GET /v1/");
  },
};
