import { describe, expect, it } from "vitest";
import { isLoopback, refusal, type TokenStatus } from "../../src/admin/access.ts";
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

type Case = [meaning: string, access: RouteAccess, request: Partial<AdminRequest>, token: TokenStatus, code: string];

describe("access to the admin port", () => {
  it.each<Case>([
    ["anyone may use an open route", "open", pod, "not_configured", ""],
    ["loopback may act", "local", {}, "not_configured", ""],
    ["loopback over IPv6 may act", "local", { remoteAddress: "::1", host: "[::1]:18090" }, "missing", ""],
    ["loopback by name may act", "local", { host: "LocalHost" }, "missing", ""],
    ["an HTTP/1.0 client on loopback may act", "local", { host: "" }, "missing", ""],
    [
      "the page of the port itself may act",
      "local",
      { origin: "http://127.0.0.1:18090", fetchSite: "same-origin" },
      "missing",
      "",
    ],
    ["another pod may not act", "local", pod, "not_configured", "loopback_only"],
    ["another pod may act with the token", "local", pod, "valid", ""],
    ["another pod is asked for the token when there is one", "local", pod, "missing", "token_required"],
    ["a wrong token is refused", "local", pod, "invalid", "token_wrong"],
    ["a wrong token is refused even on loopback", "local", {}, "invalid", "token_wrong"],
    [
      "a name that was made to resolve to loopback is refused",
      "local",
      { host: "evil.example:18090" },
      "missing",
      "host_refused",
    ],
    [
      "a name that begins like loopback is refused",
      "local",
      { host: "127.0.0.1.evil.example" },
      "missing",
      "host_refused",
    ],
    ["localhost as a label is refused", "local", { host: "localhost.evil.example" }, "missing", "host_refused"],
    ["a page from elsewhere is refused", "local", { origin: "https://evil.example" }, "missing", "origin_refused"],
    ["a sandboxed page is refused", "local", { origin: "null" }, "missing", "origin_refused"],
    [
      "a page on another port of this machine is refused",
      "local",
      { origin: "http://127.0.0.1:3000" },
      "missing",
      "origin_refused",
    ],
    [
      "a form on another page is refused by Sec-Fetch-Site",
      "local",
      { fetchSite: "cross-site" },
      "missing",
      "origin_refused",
    ],
    ["a page of a sister site is refused", "local", { fetchSite: "same-site" }, "missing", "origin_refused"],
    ["a GET that acts needs the token even on loopback", "token", {}, "missing", "post_required"],
    ["a GET that acts is taken with the token", "token", pod, "valid", ""],
    ["a GET that acts is not taken from a pod without it", "token", pod, "missing", "token_required"],
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
