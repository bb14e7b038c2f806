import { parseRouteRule, type RouteRule } from "../../src/routing/route-rule.ts";

/** Route rules as a configuration holds them; throws when a text is not one. */
export function routeRules(...texts: readonly string[]): readonly RouteRule[] {
  return texts.map((text) => {
    const rule = parseRouteRule(text);
    if (rule.kind !== "rule") throw new Error(`${text}: ${rule.problem}`);
    return rule;
  });
}
