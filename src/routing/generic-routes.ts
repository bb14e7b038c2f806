import { readPathEveryWay } from "./path-readings.ts";
import type { MatchOptions } from "./path-pattern.ts";
import type { Admission, RouteDecider } from "./route-decision.ts";
import { closedByRule, denyAmbiguous, denyMethod, denyRoute } from "./route-decision.ts";
import { coversRequest } from "./route-rule.ts";
import type { RouteRule } from "./route-rule.ts";

// Nobody knows how the server compares letters: a deny rule must hold for one that ignores case, an allow rule must
// not open more than it says on one that does not.
const denyOptions: MatchOptions = { ignoreCase: true };
const allowOptions: MatchOptions = { ignoreCase: false };

const admitted: Admission = { kind: "admitted", routeKind: "other", model: "", version: "" };
const notListed = denyRoute("only the paths in routes.allow are open");

/**
 * Decides for a server whose protocol has no table. Without rules all passes but CONNECT. With rules, the path is
 * read in every way that a server might: denied if a deny rule covers one reading, allowed only if an allow rule
 * covers every reading (when there are allow rules at all).
 */
export function createGenericDecider(allow: readonly RouteRule[], deny: readonly RouteRule[]): RouteDecider {
  const hasRules = allow.length + deny.length > 0;
  return (method, path) => {
    if (method.toUpperCase() === "CONNECT") return denyMethod([]);
    if (!hasRules) return admitted;
    // `OPTIONS *` asks about the server as a whole.
    if (path === "*") return allow.length === 0 ? admitted : notListed;
    if (path === "") return denyAmbiguous("the target holds no path");
    const readings = readPathEveryWay(path);
    if (readings === undefined)
      return denyAmbiguous("the path holds control characters, or is not UTF-8, once decoded");
    const upper = method.toUpperCase();
    if (readings.some((segments) => isCovered(deny, upper, segments, denyOptions))) return closedByRule;
    if (allow.length === 0) return admitted;
    return readings.every((segments) => isCovered(allow, method, segments, allowOptions)) ? admitted : notListed;
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
