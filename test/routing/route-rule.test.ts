import { describe, expect, it } from "vitest";

import { coversRequest, parseRouteRule } from "../../src/routing/route-rule.ts";
import type { RouteRule } from "../../src/routing/route-rule.ts";

const exact = { ignoreCase: false };

function rule(text: string): RouteRule {
  const parsed = parseRouteRule(text);
  if (parsed.kind === "mistake") throw new Error(`${text}: ${parsed.problem}`);
  return parsed;
}

const covers = (text: string, method: string, path: string): boolean =>
  coversRequest(rule(text), method, path.split("/").slice(1), exact);

describe("a route rule", () => {
  it.each([
    ["POST /v2/repository/**", "POST", "/v2/repository/index", true],
    ["POST /v2/repository/**", "POST", "/v2/repository", true],
    ["POST /v2/repository/**", "POST", "/v2/repository/models/m/load", true],
    ["POST /v2/repository/**", "GET", "/v2/repository/index", false],
    ["POST /v2/repository/**", "POST", "/v2/repositoryx/index", false],
    ["GET /models/*", "GET", "/models/m", true],
    ["GET /models/*", "HEAD", "/models/m", true],
    ["GET /models/*", "get", "/models/m", false],
    ["GET /models/*", "GET", "/models", false],
    ["GET /models/*", "GET", "/models/m/1", false],
    ["* /models/*:load", "DELETE", "/models/m:load", true],
    ["* /models/*:load", "DELETE", "/models/m:loader", false],
    ["* /v1/x*", "PATCH", "/v1/x", true],
    ["* /**", "TRACE", "/anything/at/all", true],
    ["POST /Case", "POST", "/case", false],
  ])("%s on %s %s: %s", (text, method, path, expected) => {
    expect(covers(text, method, path)).toBe(expected);
  });

  it("covers paths with and without a trailing slash alike", () => {
    expect(covers("GET /admin/", "GET", "/admin")).toBe(true);
    expect(coversRequest(rule("GET /"), "GET", [], exact)).toBe(true);
  });

  it.each([
    ["/v1/models", "the method is missing", "POST /v1/models"],
    ["POST", "it must be a method and a path", "POST /v1/models/*"],
    ["", "it must be a method and a path", "POST /v1/models/*"],
    ["POST /a /b", "it must be a method and a path", "POST /v1/models/*"],
    ["post /a", "methods are upper case", "POST /a"],
    ["PO(ST /a", "the method is not a token", "* /a"],
    ["CONNECT /a", "CONNECT is never passed on", "POST /v1/models/*"],
    ["GET a/b", "the path must begin with /", "POST /v1/models/*"],
    ["GET /a?b=1", "rules see the path only: leave out the query", "POST /v1/models/*"],
    ["GET /a%20b", "write the path plainly: no %, \\, ;, { or }", "POST /v1/models/*"],
    ["GET /a/{b}", "write the path plainly: no %, \\, ;, { or }", "POST /v1/models/*"],
    ["GET /ä", "the path may hold visible ASCII characters only", "POST /v1/models/*"],
    ["GET /a//b", "the path holds an empty or dot segment", "POST /v1/models/*"],
    ["GET /a/../b", "the path holds an empty or dot segment", "POST /v1/models/*"],
    ["GET /**/b", "** may stand at the end only", "POST /v1/**"],
    ["GET /a*b*", "a segment may hold one * only", "POST /v1/models/*:predict"],
  ])("%j is refused: %s", (text, problem, example) => {
    expect(parseRouteRule(text)).toEqual({ kind: "mistake", problem, example });
    expect(parseRouteRule(example).kind).toBe("rule");
  });
});
