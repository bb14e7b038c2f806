import { describe, expect, it } from "vitest";
import { routeProblem, tokenProblem } from "../../../src/config/table/list-items.ts";

describe("items of list fields", () => {
  it.each(["websocket", "irc/6.9", "x-own"])("take %s as an upgrade token", (token) => {
    expect(tokenProblem(token)).toBeUndefined();
  });

  it.each(["", "WebSocket", "web socket", "a/b/c", "a,b"])("take %j as no upgrade token", (token) => {
    expect(tokenProblem(token)).toContain("is no upgrade token");
  });

  it("never let h2c pass, after which no rule for requests would hold", () => {
    expect(tokenProblem("h2c")).toContain("HTTP/2");
  });

  it("tell what is wrong with a route rule, with an example", () => {
    expect(routeProblem("GET /v1/models/*")).toBeUndefined();
    expect(routeProblem("/v1/models")).toMatch(/the method is missing, e\.g\. POST \/v1\/models/);
  });
});
