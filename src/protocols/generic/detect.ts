import type { DetectionRule } from "../detection-rule.ts";

/** No server is recognized as this protocol: it is for those that no other one claims, and the user must choose it. */
export const genericDetection: DetectionRule = { paths: [], claims: () => false };
