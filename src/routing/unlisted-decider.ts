import { interpretationsOf } from "./path-interpretations.ts";
import type { MatchOptions } from "./path-pattern.ts";
import type { Admission, RouteDecider } from "./route-decision.ts";
import { closedByRule, denyAmbiguous, denyMethod, denyRoute } from "./route-decision.ts";
import { coversRequest } from "./route-rule.ts";
import type { RouteRule } from "./route-rule.ts";

// How the server compares letters is unknown: a deny rule must hold for one that ignores case, an allow rule must not
// open more than it says on one that does not.
const denyOptions: MatchOptions = { ignoreCase: true };
const allowOptions: MatchOptions = { ignoreCase: false };

const admitted: Admission = { kind: "admitted", routeKind: "other", model: "", version: "" };
const notListed = denyRoute("only the paths in routes.allow are open");

/**
 * Decides for a server whose paths are not known. Without rules everything but CONNECT passes. With rules, the path is
 * interpreted in every way that a server might: a deny rule denies it by covering one interpretation; allow rules, when
 * there are any, allow it only by covering all of them.
 */
export function createUnlistedDecider(allow: readonly RouteRule[], deny: readonly RouteRule[]): RouteDecider {
  const hasRules = allow.length + deny.length > 0;
  return (method, path) => {
    if (method.toUpperCase() === "CONNECT") return denyMethod([]);
    if (!hasRules) return admitted;
    // `OPTIONS *` asks about the server as a whole.
    if (path === "*") return allow.length === 0 ? admitted : notListed;
    if (path === "") return denyAmbiguous("the target holds no path");
    const interpretations = interpretationsOf(path);
    if (interpretations === undefined)
      return denyAmbiguous("the path holds control characters, or is not UTF-8, once decoded");
    const upper = method.toUpperCase();
    if (interpretations.some((segments) => isCovered(deny, upper, segments, denyOptions))) return closedByRule;
    if (allow.length === 0) return admitted;
    return interpretations.every((segments) => isCovered(allow, method, segments, allowOptions)) ? admitted : notListed;
  };
}

function isCovered(
  rules: readonly RouteRule[],
  method: string,
  segments: readonly string[],
  options: MatchOptions,
): boolean {
  return rules.some((rule) => coversRequest(rule, method, segments, options));
}
