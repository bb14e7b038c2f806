import { describe, expect, it } from "vitest";
import { isLoopback, refusal, type TokenFinding } from "../../src/admin/access.ts";
import type { AdminRequest } from "../../src/admin/admin-request.ts";
import type { RouteAccess } from "../../src/admin/routes.ts";

const aRequest = (over: Partial<AdminRequest> = {}): AdminRequest => ({
  method: "POST",
  path: "/drain",
  query: new URLSearchParams(),
  host: "127.0.0.1:18090",
  origin: "",
  fetchSite: "",
  authorization: "",
  contentType: "",
  contentEncoding: "",
  remoteAddress: "127.0.0.1",
  ...over,
});

const pod = { remoteAddress: "10.1.2.3", host: "10.1.0.9:18090" };

type Case = [meaning: string, access: RouteAccess, request: Partial<AdminRequest>, token: TokenFinding, code: string];

describe("access to the admin port", () => {
  it.each<Case>([
    ["anyone may use an open route", "open", pod, "none_configured", ""],
    ["loopback may act", "local", {}, "none_configured", ""],
    ["loopback over IPv6 may act", "local", { remoteAddress: "::1", host: "[::1]:18090" }, "none_sent", ""],
    ["loopback by name may act", "local", { host: "LocalHost" }, "none_sent", ""],
    ["an HTTP/1.0 client on loopback may act", "local", { host: "" }, "none_sent", ""],
    [
      "the page of the port itself may act",
      "local",
      { origin: "http://127.0.0.1:18090", fetchSite: "same-origin" },
      "none_sent",
      "",
    ],
    ["another pod may not act", "local", pod, "none_configured", "loopback_only"],
    ["another pod may act with the token", "local", pod, "right", ""],
    ["another pod is asked for the token when there is one", "local", pod, "none_sent", "token_required"],
    ["a wrong token is refused", "local", pod, "wrong", "token_wrong"],
    ["a wrong token is refused even on loopback", "local", {}, "wrong", "token_wrong"],
    [
      "a name that was made to resolve to loopback is refused",
      "local",
      { host: "evil.example:18090" },
      "none_sent",
      "host_refused",
    ],
    [
      "a name that begins like loopback is refused",
      "local",
      { host: "127.0.0.1.evil.example" },
      "none_sent",
      "host_refused",
    ],
    ["localhost as a label is refused", "local", { host: "localhost.evil.example" }, "none_sent", "host_refused"],
    ["a page from elsewhere is refused", "local", { origin: "https://evil.example" }, "none_sent", "origin_refused"],
    ["a sandboxed page is refused", "local", { origin: "null" }, "none_sent", "origin_refused"],
    [
      "a page on another port of this machine is refused",
      "local",
      { origin: "http://127.0.0.1:3000" },
      "none_sent",
      "origin_refused",
    ],
    [
      "a form on another page is refused by Sec-Fetch-Site",
      "local",
      { fetchSite: "cross-site" },
      "none_sent",
      "origin_refused",
    ],
    ["a page of a sister site is refused", "local", { fetchSite: "same-site" }, "none_sent", "origin_refused"],
    ["a GET that acts needs the token even on loopback", "token", {}, "none_sent", "post_required"],
    ["a GET that acts is taken with the token", "token", pod, "right", ""],
    ["a GET that acts is not taken from a pod without it", "token", pod, "none_sent", "token_required"],
  ])("%s", (...[, access, request, token, expected]) => {
    expect(refusal(access, aRequest(request), token)).toBe(expected);
  });

  it("knows loopback addresses from those that look alike", () => {
    for (const address of ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"])
      expect(isLoopback(address), address).toBe(true);
    for (const address of ["10.0.0.1", "128.0.0.1", "::ffff:10.0.0.1", "::2", "fe80::1", "1127.0.0.1", ""]) {
      expect(isLoopback(address), address).toBe(false);
    }
  });
});
