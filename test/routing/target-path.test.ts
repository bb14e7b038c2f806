import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { interpretationsOf } from "../../src/routing/path-interpretations.ts";
import { pathOfTarget, readPlainPath } from "../../src/routing/target-path.ts";
import { anyText } from "../support/any-text.ts";

describe("pathOfTarget", () => {
  it.each([
    ["/a/b", "/a/b"],
    ["/a?b?c", "/a"],
    ["/?", "/"],
    ["http://host:80/a/b?c", "/a/b"],
    ["HTTP://host", "/"],
    ["https://host?x=/y", "/"],
    ["*", "*"],
    ["http://#host/a", ""],
    ["/a?b#c", "/a?b#c"],
    ["%2fa", ""],
    ["host:443", ""],
    ["", ""],
    ["//host/a", "//host/a"],
    ["/a#b", "/a#b"],
  ])("of %j is %j", (target, path) => {
    expect(pathOfTarget(target)).toBe(path);
  });
});

describe("readPlainPath", () => {
  it.each([
    ["/", []],
    ["/a", ["a"]],
    ["/a/b/", ["a", "b"]],
    ["/a%20b/c%2Bd", ["a b", "c+d"]],
    ["/%E6%A8%A1%E5%9E%8B", ["模型"]],
    ["/a:b@c,d$e!f'(g)*h+i=j&k~l", ["a:b@c,d$e!f'(g)*h+i=j&k~l"]],
    ["/...", ["..."]],
  ])("reads %s", (path, decoded) => {
    expect(readPlainPath(path)).toMatchObject({ kind: "plain", decoded });
  });

  it.each([
    ["/a//b"],
    ["//a"],
    ["/a//"],
    ["/./a"],
    ["/a/.."],
    ["/a/../b"],
    ["/a%2Fb"],
    ["/a%2fb"],
    ["/a%5cb"],
    ["/a\\b"],
    ["/%2e%2e/a"],
    ["/a%2E"],
    ["/a%252fb"],
    ["/a%00"],
    ["/a%0d%0ab"],
    ["/a%7f"],
    ["/a%c2%85"],
    ["/a%3Ab"],
    ["/a%3bb"],
    ["/a;v=1/b"],
    ["/a/b;"],
    ["/a%3fb"],
    ["/a%23b"],
    ["/a#b"],
    ["/a%"],
    ["/a%2"],
    ["/a%zz"],
    ["/a%ff"],
    ["/a%c0%af"],
    ["/a%ed%a0%80"],
    ["/a b"],
    ["/a\u0000"],
    ["/ä"],
  ])("calls %j ambiguous", (path) => {
    expect(readPlainPath(path).kind).toBe("ambiguous");
  });

  it("decodes exactly what decodes to one segment, and never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii", maxLength: 30 }), (text) => {
        const path = pathOfTarget(`/${text}`);
        const read = readPlainPath(path);
        if (read.kind === "ambiguous") return;
        expect(`/${read.decoded.join("/")}`).toBe(decodeURIComponent(path).replace(/(?<=.)\/$/, ""));
        expect(read.decoded.join("")).not.toMatch(/[/\\%;#?]|^\.\.?$/);
      }),
    );
  });
});

describe("interpretationsOf", () => {
  it.each([
    ["/admin", "admin"],
    ["/%61dmin", "admin"],
    ["/%2561dmin", "admin"],
    ["/x/../admin", "admin"],
    ["/x/%2e%2e/admin", "admin"],
    ["/x%2f..%2fadmin", "admin"],
    ["/x\\..\\admin", "admin"],
    ["//admin", "admin"],
    ["/./admin/", "admin"],
    ["/admin;v=1", "admin"],
    ["/x/..;/admin", "admin"],
    ["/admin%3fx", "admin"],
    ["/admin#x", "admin"],
    ["/100%/%61dmin", "100%/admin"],
  ])("reads %s also as %s", (path, reading) => {
    expect(interpretationsOf(path)?.map((segments) => segments.join("/"))).toContain(reading);
  });

  it.each([["/a%00"], ["/a%ff"], ["/%25252525252561"], ["/a%2500b"]])("cannot tell what %s is", (path) => {
    expect(interpretationsOf(path)).toBeUndefined();
  });

  it("never throws", () => {
    fc.assert(
      fc.property(anyText({ maxLength: 60 }), (text) => {
        const readings = interpretationsOf(`/${text}`);
        expect(readings === undefined || readings.length >= 2).toBe(true);
      }),
    );
  });
});
