import type { DetectionRule } from "../detection-rule.ts";
import { type HttpAnswer, jsonObjectOf } from "../probe-answer.ts";

/**
 * Every error of TorchServe has the same shape, the one about a missing or expired token included, so one path that it
 * does not have is enough, and no other answer matters: it may support KServe's V1 and V2 protocols as well.
 */
export const torchserveDetection: DetectionRule = {
  paths: ["/v1/outrider-probe"],
  claims: ({ all }) => all.some(isTorchserveError),
  includes: "all",
};

function isTorchserveError(answer: HttpAnswer): boolean {
  const body = answer.status >= 400 ? jsonObjectOf(answer) : undefined;
  const type = body?.["type"];
  return (
    body?.["code"] === answer.status && typeof type === "string" && /^\w+Exception$/.test(type) && "message" in body
  );
}
