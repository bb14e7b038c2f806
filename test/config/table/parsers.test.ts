import { describe, expect, it } from "vitest";
import { parseRoute, parseUpgradeToken } from "../../../src/config/table/parsers.ts";

describe("items of list fields", () => {
  it.each(["websocket", "irc/6.9", "x-own"])("accept %s as an upgrade token", (token) => {
    expect(parseUpgradeToken(token)).toEqual({ kind: "ok", value: token });
  });

  it.each(["", "WebSocket", "web socket", "a/b/c", "a,b"])("refuse %j as an upgrade token", (token) => {
    expect(parseUpgradeToken(token)).toMatchObject({ problem: expect.stringContaining("is not an upgrade token") });
  });

  it("never let h2c pass, after which no rule for requests would hold", () => {
    expect(parseUpgradeToken("h2c")).toMatchObject({ problem: expect.stringContaining("HTTP/2") });
  });

  it("say what is wrong with a route rule, with an example", () => {
    expect(parseRoute("GET /v1/models/*").kind).toBe("ok");
    expect(parseRoute("/v1/models")).toMatchObject({
      problem: expect.stringMatching(/the method is missing, e\.g\. POST \/v1\/models/),
    });
  });
});
