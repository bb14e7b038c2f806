/** Finds out which protocol a model server uses, by requests whose responses identify one protocol. */
import type { DetectionAnswers, DetectionRule } from "./detection-rule.ts";
import { definitions, fallbackProtocol, type Protocol } from "./list.ts";
import { getRequest } from "./probe-answer.ts";
import type { HttpAnswer, ProbeAnswer, ProbeRequest } from "./probe-answer.ts";

/** The protocols that can be detected: all but the one for servers that answer like none. */
export type DetectedProtocol = Exclude<Protocol, typeof fallbackProtocol>;

/** Result of detecting the protocol of one server. */
export type Detection =
  | { readonly kind: "detected"; readonly protocol: DetectedProtocol }
  /** The server responded, but its responses match no protocol, or more than one. */
  | { readonly kind: "unknown"; readonly reason: string }
  /** At least one probe got no response: try again later. */
  | { readonly kind: "unreachable"; readonly reason: string };

const rules = Object.entries(definitions)
  .filter(([name]) => name !== fallbackProtocol)
  .map(([name, { detection }]) => ({ protocol: name as DetectedProtocol, rule: detection }));

const paths: readonly string[] = [...new Set(rules.flatMap(({ rule }) => rule.paths))];

/** The probes, in their order. Stop at the first one without a response. All are GETs without side effects. */
export const detectionRequests: readonly ProbeRequest[] = paths.map(getRequest);

/**
 * Judges the answers to {@link detectionRequests}, in the same order; fewer answers than questions mean that the last
 * one failed. Overlaps that the protocols declare are resolved; any other one is `unknown`, because a wrong table would
 * deny good requests.
 */
export function detectProtocol(answers: readonly ProbeAnswer[]): Detection {
  const failed = answers.find((answer) => answer.kind === "failed");
  if (failed !== undefined) return { kind: "unreachable", reason: failed.problem };
  const https = answers.filter((answer) => answer.kind === "http");
  if (https.length < paths.length)
    return { kind: "unreachable", reason: "the model server has not answered every question yet" };

  const claims = claimsOf(https);
  const [found, other] = claims.filter((claim) => !claims.some((another) => includes(another, claim)));
  if (found !== undefined && other === undefined) return { kind: "detected", protocol: found.protocol };
  if (claims.length === 0) return { kind: "unknown", reason: describeUnknown(https) };
  const names = claims.map((claim) => claim.protocol).join(" and like ");
  return { kind: "unknown", reason: `the upstream answers like ${names}; name the right one with --protocol` };
}

interface Claim {
  readonly protocol: DetectedProtocol;
  readonly rule: DetectionRule;
}

function claimsOf(https: readonly HttpAnswer[]): readonly Claim[] {
  const answers: DetectionAnswers = { all: https, to: (path) => https[paths.indexOf(path)] };
  return rules.filter(({ rule }) => rule.claims(answers));
}

function includes({ protocol, rule }: Claim, other: Claim): boolean {
  const { includes: included = [] } = rule;
  return included === "all" ? other.protocol !== protocol : included.includes(other.protocol);
}

function describeUnknown(answers: readonly HttpAnswer[]): string {
  const statuses = [...new Set(answers.map((answer) => answer.status))].join(", ");
  return (
    `the upstream answers (status ${statuses}), but not like a serving protocol that is known; ` +
    `name it with --protocol, or pass everything with --protocol ${fallbackProtocol}`
  );
}
