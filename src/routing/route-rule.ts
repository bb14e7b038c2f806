import { compilePattern, matchesPattern } from "./path-pattern.ts";
import type { MatchOptions, PathPattern } from "./path-pattern.ts";

/** One parsed entry of `routes.allow` or `routes.deny`. */
export interface RouteRule {
  readonly kind: "rule";
  readonly text: string;
  /** An upper-case method, or `*` for all. `GET` covers `HEAD`. */
  readonly method: string;
  readonly pattern: PathPattern;
}

/** The mistake in an entry of `routes.allow` or `routes.deny`. */
export interface RouteRuleMistake {
  readonly kind: "mistake";
  /** A clause that fits after "is not a route rule: ". */
  readonly problem: string;
  /** The probably intended rule, or a good example. */
  readonly example: string;
}

const example = "POST /v1/models/*";
const methodToken = /^[!#$%&'+.^_`|~0-9A-Za-z-]+$/;
const plainPath = /^\/[\x21-\x7e]*$/;

const mistake = (problem: string, better = example): RouteRuleMistake => ({
  kind: "mistake",
  problem,
  example: better,
});

/**
 * Parses `METHOD /pattern`: the method in upper case or `*` for all; in the pattern `*` matches any characters
 * within one segment (once a segment) and `**` at the end for any number of segments, none included. Never throws.
 */
export function parseRouteRule(text: string): RouteRule | RouteRuleMistake {
  const parts = text.trim().split(/\s+/);
  const [method = "", path = ""] = parts;
  if (parts.length === 1 && method.startsWith("/")) return mistake("the method is missing", `POST ${method}`);
  if (parts.length !== 2) return mistake("it must be a method and a path");
  if (method !== "*" && !methodToken.test(method)) return mistake("the method is not a token", `* ${path}`);
  const upper = method.toUpperCase();
  if (method !== upper) return mistake("methods are upper case", `${upper} ${path}`);
  if (method === "CONNECT") return mistake("CONNECT is never passed on");
  const problem = findPathProblem(path);
  if (problem !== undefined) return problem;
  return { kind: "rule", text: `${method} ${path}`, method, pattern: compilePattern(withoutTrailingSlash(path)) };
}

function findPathProblem(path: string): RouteRuleMistake | undefined {
  if (!path.startsWith("/")) return mistake("the path must begin with /");
  if (!plainPath.test(path)) return mistake("the path may hold visible ASCII characters only");
  if (path.includes("?") || path.includes("#")) return mistake("rules see the path only: leave out the query");
  if (/[%\\;{}]/.test(path)) return mistake("write the path plainly: no %, \\, ;, { or }");
  const segments = withoutTrailingSlash(path).slice(1).split("/");
  if (path !== "/" && segments.some((segment) => segment === "" || segment === "." || segment === "..")) {
    return mistake("the path holds an empty or dot segment");
  }
  if (segments.slice(0, -1).includes("**")) return mistake("** may stand at the end only", "POST /v1/**");
  if (segments.some((segment) => segment !== "**" && segment.split("*").length > 2)) {
    return mistake("a segment may hold one * only", "POST /v1/models/*:predict");
  }
  return undefined;
}

function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

/** True when a rule covers a request. Methods are compared exactly, so a caller that denies passes them in upper case. */
export function coversRequest(
  rule: RouteRule,
  method: string,
  segments: readonly string[],
  options: MatchOptions,
): boolean {
  return coversMethod(rule.method, method) && matchesPattern(rule.pattern, segments, options);
}

function coversMethod(ruleMethod: string, method: string): boolean {
  return ruleMethod === "*" || ruleMethod === method || (ruleMethod === "GET" && method === "HEAD");
}
