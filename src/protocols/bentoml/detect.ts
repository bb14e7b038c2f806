import type { DetectionRule } from "../detection-rule.ts";
import { jsonObjectOf } from "../probe-answer.ts";

/** The description of a service and its routes. */
export const bentomlDetection: DetectionRule = {
  paths: ["/schema.json"],
  claims(answers) {
    const answer = answers.to("/schema.json");
    const body = answer?.status === 200 ? jsonObjectOf(answer) : undefined;
    return body?.["type"] === "service" && Array.isArray(body["routes"]);
  },
};
